import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNeonEndpoint } from '../../scripts/stack/neon-endpoint.ts';
import { startNetwork } from '../../scripts/stack/network.ts';
import { startPostgres } from '../../scripts/stack/postgres.ts';
import { startFunctions } from '../../scripts/stack/workerd.ts';

let dir: string;
let squatter: Server;
let port: number;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'guildhall-failures-'));
  squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  port = (squatter.address() as { port: number }).port;
});
afterAll(() => {
  squatter.close();
  rmSync(dir, { recursive: true, force: true });
});

test('PostgreSQL says in one sentence that its port is in use and what to do', async () => {
  const start = startPostgres({ dir, port, logFile: join(dir, 'postgres.log') });
  await expect(start).rejects.toMatchObject({
    name: 'StackError',
    message: `Port ${port} on 127.0.0.1 is needed for PostgreSQL and is already in use: end the program that uses it, or set PG_PORT to another.`,
  });
});

test('the Neon endpoint, the functions and an XMPP server each say that their port is in use', async () => {
  const sentence = new RegExp(
    `^Port ${port} on 127\\.0\\.0\\.1 is needed for .+ and is already in use: .+\\.$`,
  );
  await expect(startNeonEndpoint({ port })).rejects.toThrow(sentence);
  await expect(startFunctions({ port, databaseUrl: 'none', neonEndpoint: 'none' })).rejects.toThrow(sentence);
  const network = startNetwork({
    dir,
    logDir: dir,
    addresses: ['127.0.0.1', '127.0.0.1'],
    c2sPort: port,
    componentPort: port,
    componentSecret: 'none',
  });
  await expect(network).rejects.toThrow(sentence);
});
