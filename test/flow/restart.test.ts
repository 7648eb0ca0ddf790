import { beforeAll, expect, test } from 'vitest';
import { startSpecialist } from '../../scripts/specialists/agent.ts';
import { specialists } from '../../scripts/specialists/catalogue.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { type OwnServer, ownNetwork } from '../support/network.ts';
import { agentOverHttp } from '../support/overview.ts';

/** A server of this file's own: it kills it. */
let home: OwnServer;
let directory: RunningDirectory;

beforeAll(async () => {
  ({ home } = await ownNetwork());
  directory = await startDirectory(home);
});

test('the bot is back, and sees who is online, after its server was killed and started again', async () => {
  const specialist = specialists.find(({ dialect }) => dialect === 'plain');
  if (!specialist) throw new Error('a plain specialist expected');
  const running = await startSpecialist(specialist, {
    service: home.service,
    domain: home.domain,
    directory: directory.jid,
  });
  try {
    const isOnline = async () =>
      (await agentOverHttp(directory.http, running.bareJid))?.availability?.online === true;
    await until('the specialist is online', isOnline);
    home.kill();
    await home.restart();
    // The specialist stays away at first: what the fresh session does not hear of is offline.
    await until('the specialist is seen again', isOnline);
    await running.stop();
    await until('the specialist is offline', async () => !(await isOnline()));
    expect((await agentOverHttp(directory.http, running.bareJid))?.listings).toHaveLength(1);
  } finally {
    await running.stop();
  }
});
