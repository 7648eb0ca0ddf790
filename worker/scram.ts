/**
 * The client's side of SCRAM-SHA-1 (RFC 5802), in the shape that the registry of SASL mechanisms takes.
 *
 * Its answer is there in the same turn as the challenge: one that took its time could come to the next connection, where
 * it spoils another exchange.
 */

import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

export const scramLimits = {
  /** A million take a tenth of a second, in which the worker does nothing else. */
  iterationsMax: 1_000_000,
  nonceBytes: 18,
} as const;

export type ScramCredentials = { username: string; password: string };

export class ScramSha1 {
  /** Read from the prototype, before there is an exchange. */
  get name() {
    return 'SCRAM-SHA-1';
  }
  get clientFirst() {
    return true;
  }

  #nonce: string;
  #challenge: string | null = null;

  constructor(nonce = randomBytes(scramLimits.nonceBytes).toString('base64')) {
    this.#nonce = nonce;
  }

  /** Takes the server's first message. */
  challenge(text: string): void {
    this.#challenge = text;
  }

  /** What the client says next. @throws where the challenge is not one, or is none of this exchange's */
  response({ username, password }: ScramCredentials): string {
    const first = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${this.#nonce}`;
    if (this.#challenge === null) return `n,,${first}`;
    const { nonce, salt, iterations } = readChallenge(this.#challenge, this.#nonce);
    // 'biws' is the header of the first message, `n,,`, in Base64.
    const final = `c=biws,r=${nonce}`;
    const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 20, 'sha1');
    const clientKey = hmac(salted, 'Client Key');
    const storedKey = createHash('sha1').update(clientKey).digest();
    const signature = hmac(storedKey, `${first},${this.#challenge},${final}`);
    const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
    return `${final},p=${Buffer.from(proof).toString('base64')}`;
  }
}

function readChallenge(text: string, ownNonce: string) {
  const fields = /^r=([^,]+),s=([A-Za-z0-9+/=]+),i=([0-9]{1,9})(?:,|$)/.exec(text);
  const [, nonce = '', salt = '', count] = fields ?? [];
  if (!fields || !nonce.startsWith(ownNonce)) throw new Error('the server sent no challenge of SCRAM-SHA-1');
  const iterations = Number(count);
  if (iterations < 1 || iterations > scramLimits.iterationsMax) {
    throw new Error(`the server asks for ${iterations} iterations of SCRAM-SHA-1`);
  }
  return { nonce, salt: Buffer.from(salt, 'base64'), iterations };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha1', key).update(text).digest();
}
