import { randomBytes } from 'node:crypto';
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { grantRegistration } from '../../db/registrations.ts';
import { writeIndex } from '../../db/write-index.ts';
import { NS_COMMANDS } from '../../protocol/namespaces.ts';
import { xml } from '../../protocol/xml.ts';
import { registerAccount } from '../../scripts/register.ts';
import { AccountSession } from '../../worker/account-session.ts';
import { callsThrough } from '../support/calls.ts';
import { createDirectory, runWorker, type TestDirectory, until } from '../support/directory.ts';
import { indexOf } from '../support/listings.ts';
import { cut, ready } from '../support/session.ts';

const [server] = inject('stack').xmpp;
if (!server) throw new Error('no XMPP server');

let directory: TestDirectory;
const { call, settled } = callsThrough(() => directory);

beforeAll(async () => {
  directory = await createDirectory();
  const worker = await runWorker(directory, { limits: { callTimeoutMs: 20_000, absenceMs: 600_000 } });
  await until('the directory is online', async () => worker.session.ready);
});

/** A session that its server resumes (XEP-0198), of an agent that dies with the command in its hands. */
function dyingAgent(xmpp: ConstructorParameters<typeof AccountSession>[0]['xmpp'], onDeath: () => void) {
  const session: AccountSession = new AccountSession({
    xmpp,
    log: () => undefined,
    handlers: {
      onPresence: () => undefined,
      onMessage: () => undefined,
      onFreshSession: () => session.send(xml('presence')),
      onQuery: (stanza) => {
        if (stanza.getChild('command', NS_COMMANDS)) {
          // It never tells its server that it had this.
          cut(session);
          onDeath();
        } else session.send(xml('iq', { type: 'result', to: stanza.attrs.from, id: stanza.attrs.id }));
      },
    },
  });
  onTestFinished(() => session.stop());
  session.start();
  return session;
}

test('a command that the server bounces once the session that had it is replaced has an unknown outcome', async () => {
  const { service, domain } = server;
  const username = `t${randomBytes(5).toString('hex')}`;
  const account = { service, domain, username, password: 'test' };
  await registerAccount(account);
  const xmpp = { ...account, resource: 'r' };
  const died = Promise.withResolvers<void>();
  const agent = dyingAgent(xmpp, died.resolve);
  await ready(agent);
  const jid = `${username}@${domain}`;
  const index = indexOf(jid, [{ node: 'fx' }]);
  const listings = index.listings.map((each) => ({ ...each, callJid: `${jid}/r` }));
  await writeIndex(directory.db, [{ ...index, listings }], 0);
  const wish = { leaseHours: 24, relay: null, presence: null, about: null, resource: 'r' };
  await grantRegistration(directory.db, { jid, domain }, wish);

  const made = await call({ jid } as never, undefined, {});
  await died.promise;
  await agent.stop();
  const begun = performance.now();
  await ready(dyingAgent(xmpp, () => undefined));
  expect(await settled(made)).toMatchObject({
    state: 'unknown',
    reason: 'Whether it reached the agent is not known: recipient-unavailable.',
  });
  expect(performance.now() - begun).toBeLessThan(15_000);
});
