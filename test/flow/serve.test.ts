import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { createDirectory, type TestDirectory, until } from '../support/directory.ts';
import { indexOf } from '../support/listings.ts';
import { startServe } from '../support/platforms.ts';

const entry = fileURLToPath(new URL('../../functions/serve.ts', import.meta.url));

let directory: TestDirectory;
beforeAll(async () => {
  directory = await createDirectory();
  await writeIndex(directory.db, [indexOf('fx@works.test', [{ node: 'fx', name: 'Convert currency' }])], 0);
});

/** Asks as it is, with no content decoded on the way. */
async function ask(url: string, headers: { [name: string]: string } = {}, agent?: Agent, method = 'GET') {
  const [response] = (await once(get(url, { headers, agent, method }), 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

describe('the functions on Node', () => {
  test('answer what is under way when they are told to end, close what is idle, and end', async () => {
    const { child, url } = await startServe({ DATABASE_URL: directory.edgeUrl });
    const agent = new Agent({ keepAlive: true });
    expect((await ask(`${url}/healthz`, {}, agent)).status).toBe(200);
    const idle = connect(Number(new URL(url).port), '127.0.0.1');
    await once(idle, 'connect');
    let answer: ReturnType<typeof ask> | undefined;
    await directory.db.transaction(async (tx) => {
      // The search waits for this lock, and so is under way.
      await tx.execute(sql`lock table listing in access exclusive mode`);
      answer = ask(`${url}/v1/listings?q=currency`, {}, agent);
      await until('the search waits', async () => {
        const waiting = await directory.db.execute(
          sql`select from pg_locks where not granted and relation = 'listing'::regclass`,
        );
        return (waiting as unknown as { rows: unknown[] }).rows.length > 0;
      });
      child.kill('SIGTERM');
      await until('nobody is let in', async () =>
        fetch(`${url}/healthz`).then(
          () => false,
          () => true,
        ),
      );
      expect(child.exitCode).toBe(null);
    });
    const started = performance.now();
    const ended = once(child, 'exit');
    expect(JSON.parse(String((await answer)?.body)).items).toMatchObject([{ name: 'Convert currency' }]);
    expect(await ended).toEqual([0, null]);
    // Before the grace is over.
    expect(performance.now() - started).toBeLessThan(10_000);
    agent.destroy();
    idle.destroy();
  });

  test('compress what is worth it, under a strong tag of its own', async () => {
    const { url } = await startServe({ DATABASE_URL: directory.edgeUrl });
    const path = `${url}/openapi.json`;
    const gzip = { 'accept-encoding': 'br;q=1, gzip;q=0.8' };
    const plain = await ask(path);
    const packed = await ask(path, gzip);
    expect(gunzipSync(packed.body)).toEqual(plain.body);
    expect(packed.body.length).toBeLessThan(plain.body.length);
    expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([
      undefined,
      'gzip',
    ]);
    expect([plain.headers.vary, packed.headers.vary]).toEqual(['Accept-Encoding', 'Accept-Encoding']);
    expect(packed.headers.etag).toBe(plain.headers.etag?.replace(/"$/, '-gzip"'));
    for (const { headers } of [plain, packed]) {
      const again = await ask(path, { ...gzip, 'if-none-match': headers.etag ?? '' });
      expect([again.status, again.headers.etag, again.headers.vary]).toEqual([
        304,
        headers.etag,
        'Accept-Encoding',
      ]);
    }
    const head = await ask(path, gzip, undefined, 'HEAD');
    expect([head.headers.etag, head.headers['content-length'], head.body.length]).toEqual([
      packed.headers.etag,
      packed.headers['content-length'],
      0,
    ]);
    for (const refused of ['identity', 'gzip;q=0', 'br', '*;q=0']) {
      expect((await ask(path, { 'accept-encoding': refused })).headers['content-encoding']).toBe(undefined);
    }
    expect((await ask(`${url}/healthz`, gzip)).headers['content-encoding']).toBe(undefined);
  });

  test('tell clients by their own address, and by what trusted proxies say', async () => {
    const base = { DATABASE_URL: directory.edgeUrl, READS_PER_MINUTE: '2' };
    const statuses = async (url: string) => {
      const answers = [];
      for (const address of [
        '192.0.2.1',
        '192.0.2.2',
        '192.0.2.3',
        '2001:db8::1',
        '2001:db8::2',
        '2001:db8::3',
      ])
        answers.push((await ask(`${url}/robots.txt`, { 'x-forwarded-for': `10.9.9.9, ${address}` })).status);
      return answers;
    };
    const direct = await startServe(base);
    expect(await statuses(direct.url)).toEqual([200, 200, 429, 429, 429, 429]);
    const behind = await startServe({ ...base, TRUST_PROXY: '1' });
    expect(await statuses(behind.url)).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('give the same tags from every process of the same code', async () => {
    const [one, two] = await Promise.all([
      startServe({ DATABASE_URL: directory.edgeUrl }),
      startServe({ DATABASE_URL: directory.edgeUrl }),
    ]);
    const headers = { host: 'guildhall.example' };
    const [first, second] = await Promise.all(
      [one, two].map(({ url }) => ask(`${url}/v1/listings`, headers)),
    );
    expect(first?.headers.etag).toBe(second?.headers.etag);
  });

  test('hold no more connections than they may', async () => {
    const { url } = await startServe({ DATABASE_URL: directory.edgeUrl, CONNECTIONS_MAX: '2' });
    const { port } = new URL(url);
    const held = [0, 1].map(() => connect(Number(port), '127.0.0.1'));
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    await expect(ask(`${url}/healthz`, {}, new Agent())).rejects.toThrow();
    for (const socket of held) socket.destroy();
    await until('there is room again', () => ask(`${url}/healthz`, {}, new Agent()).catch(() => null));
  });

  test('log nothing where they are told so', async () => {
    const { url, lines } = await startServe({ DATABASE_URL: directory.edgeUrl, ACCESS_LOG: 'off' });
    expect((await ask(`${url}/healthz`)).status).toBe(200);
    expect(lines).toHaveLength(1);
  });

  test('say what is missing', async () => {
    const wrong = {
      DATABASE_URL: '',
      PORT: 'many',
      ARD_REFERRALS: 'x',
      READS_PER_MINUTE: '-1',
      TRUST_PROXY: 'yes',
      ANSWERS_KEPT_MB: 'all',
      ACCESS_LOG: 'loud',
      CONNECTIONS_MAX: '0',
      PUBLIC_URL: 'guildhall.example',
    };
    const child = spawn(process.execPath, [entry], { env: { ...process.env, ...wrong } });
    let errors = '';
    child.stderr.on('data', (data) => {
      errors += data;
    });
    expect(await once(child, 'exit')).toEqual([1, null]);
    for (const fault of [
      'PORT: takes a port number',
      'ARD_REFERRALS: takes a JSON list',
      'READS_PER_MINUTE: takes a whole number from 0 to 1000000',
      'TRUST_PROXY: takes a whole number from 0 to 10',
      'ANSWERS_KEPT_MB: takes a whole number from 0 to 1024',
      'ACCESS_LOG: takes on or off',
      'PUBLIC_URL: takes the address at which people reach the directory',
      'CONNECTIONS_MAX: takes a whole number from 1 to 1000000',
    ])
      expect(errors).toContain(fault);
  });
});
