import { beforeAll, inject, test } from 'vitest';
import { createDirectory, runWorker, type TestDirectory, until } from '../support/directory.ts';
import { expectWitnessed } from '../support/witnessed.ts';

let directory: TestDirectory;

beforeAll(async () => {
  directory = await createDirectory();
  const worker = await runWorker(directory);
  await until('the directory is online', async () => worker.session.ready);
});

function serverOf(domain: string) {
  const server = inject('stack').xmpp.find((candidate) => candidate.domain === domain);
  if (!server) throw new Error(`no server for ${domain}`);
  return server;
}

test('two clients on slixmpp, of two servers, have a contract witnessed from its offer to its end', async () => {
  await expectWitnessed(directory, { order: serverOf('agents.test'), provide: serverOf('works.test') });
});
