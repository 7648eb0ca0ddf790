import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import edge from '../../functions/index.ts';
import { createDirectory, type TestDirectory } from '../support/directory.ts';
import { platforms } from '../support/platforms.ts';
import { rowsOf } from '../support/rows.ts';

const path = '/v1/tokens/challenges';
const publicUrl = 'https://guildhall.example';

let directory: TestDirectory;
beforeAll(async () => {
  directory = await createDirectory();
});

type Answer = { status: number | undefined; said: { [name: string]: unknown } };

/** Asks with a `Host` of one's own, which fetch does not let one choose. */
async function ask(url: string, host: string, headers: { [name: string]: string } = {}): Promise<Answer> {
  const jid = `ann-${randomBytes(4).toString('hex')}@agents.test`;
  await grantConsent(directory.db, jid);
  const asked = request(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers, host },
  });
  asked.end(JSON.stringify({ jid, code: '482913' }));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, said: (await json(response)) as Answer['said'] };
}

/** What the address is shown that is asked to confirm. */
async function shown({ said }: Answer): Promise<string[]> {
  const which = sql`select url from challenge where id = ${String(said.id)}`;
  return (await rowsOf<{ url: string }>(directory.db, which)).map(({ url }) => url);
}

describe.each(platforms)('on $name, a confirmation', ({ name, run }) => {
  test('shows the public address, whatever host the request names', async () => {
    const { url } = await run({ databaseUrl: directory.edgeUrl, publicUrl });
    for (const host of ['evil.example', 'guildhall.example', new URL(url).host]) {
      const answer = await ask(url, host, {
        'x-forwarded-host': 'evil.example',
        forwarded: 'host=evil.example',
      });
      expect(answer.status).toBe(202);
      expect(await shown(answer)).toEqual([`${publicUrl}${path}`]);
    }
  });

  test('shows no host that its requester chose, where no public address is set', async () => {
    const { url } = await run({ databaseUrl: directory.edgeUrl, publicUrl: '' });
    const { host, port } = new URL(url);
    for (const chosen of ['evil.example', `evil.example:${port}`, '127.0.0.1', '192.0.2.1:8420']) {
      const refused = await ask(url, chosen, { 'x-forwarded-host': host });
      expect(refused).toMatchObject({ status: 503, said: { code: 'address-not-set' } });
      expect(refused.said.detail).toContain('PUBLIC_URL');
    }
    const own = await ask(url, host);
    // Whoever is on Node is reached at the address of the connection; workerd does not say which that is.
    if (name === 'Node') expect(await shown(own)).toEqual([`${url}${path}`]);
    else expect(own.said).toMatchObject({ code: 'address-not-set' });
    const others = sql`select from challenge where url like '%evil%'`;
    expect(await rowsOf(directory.db, others)).toHaveLength(0);
  });
});

test('on Cloudflare, a confirmation shows the host by which the request was routed to the Worker', async () => {
  const jid = 'ann-routed@agents.test';
  await grantConsent(directory.db, jid);
  const asked = new Request(`https://routed.example${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jid, code: '482913' }),
  });
  const answer = await edge.fetch(asked, {
    DATABASE_URL: directory.edgeUrl,
    NEON_FETCH_ENDPOINT: inject('stack').neonEndpoint,
    ACCESS_LOG: 'off',
    PUBLIC_URL: 'host',
  });
  const said = (await answer.json()) as Answer['said'];
  expect(await shown({ status: answer.status, said })).toEqual([`https://routed.example${path}`]);
});
