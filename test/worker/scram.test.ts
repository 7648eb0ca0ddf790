import { describe, expect, test } from 'vitest';
import { ScramSha1, scramLimits } from '../../worker/scram.ts';

const credentials = { username: 'user', password: 'pencil' };
const nonce = 'fyko+d2lbbFgONRv9qkxdawL';
const challenge = `r=${nonce}3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096`;

describe('SCRAM-SHA-1', () => {
  test('says what the example of RFC 5802 §5 says', () => {
    const exchange = new ScramSha1(nonce);
    expect(exchange.response(credentials)).toBe(`n,,n=user,r=${nonce}`);
    exchange.challenge(challenge);
    expect(exchange.response(credentials)).toBe(
      `c=biws,r=${nonce}3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=`,
    );
  });

  test('is known by its name before there is an exchange, and each begins with a nonce of its own', () => {
    expect(ScramSha1.prototype.name).toBe('SCRAM-SHA-1');
    expect(new ScramSha1().response(credentials)).not.toBe(new ScramSha1().response(credentials));
  });

  test('escapes what a name may not hold (RFC 5802 §5.1)', () => {
    expect(new ScramSha1('x').response({ ...credentials, username: 'a=b,c' })).toBe('n,,n=a=3Db=2Cc,r=x');
  });

  test.each([
    ['nothing', ''],
    ['the nonce of another exchange', challenge.replace(nonce, 'another')],
    ['no salt', `r=${nonce}x,i=4096`],
    ['no count', `r=${nonce}x,s=QSXCR+Q6sek8bf92`],
    ['no iteration', `r=${nonce}x,s=QSXCR+Q6sek8bf92,i=0`],
    ['too many iterations', `r=${nonce}x,s=QSXCR+Q6sek8bf92,i=${scramLimits.iterationsMax + 1}`],
  ])('refuses a challenge with %s', (_what, text) => {
    const exchange = new ScramSha1(nonce);
    exchange.response(credentials);
    exchange.challenge(text);
    expect(() => exchange.response(credentials)).toThrow('SCRAM-SHA-1');
  });
});
