import { sql } from 'drizzle-orm';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { grantConsent, subscribers } from '../../db/consent.ts';
import { NS_PING } from '../../protocol/namespaces.ts';
import { xml } from '../../protocol/xml.ts';
import { startAgent } from '../support/agent.ts';
import { startComponent } from '../support/component.ts';
import {
  asComponent,
  createDirectory,
  runWorker,
  type TestDirectory,
  type TestWorker,
  until,
} from '../support/directory.ts';
import { type OwnNetwork, ownNetwork } from '../support/network.ts';

let network: OwnNetwork;
let directory: TestDirectory;

beforeAll(async () => {
  network = await ownNetwork();
});

async function runReadyWorker(): Promise<TestWorker> {
  const worker = await runWorker(directory);
  onTestFinished(worker.stop);
  await until('the directory is online', async () => worker.session.ready);
  return worker;
}

/** An agent that is a component too, for which no server keeps anything either. */
async function startPeer(answerRequest: string[] = ['subscribed']) {
  const heard: string[] = [];
  const { component } = network.far;
  const from = component.domain;
  const { send } = await startComponent(
    component,
    () => undefined,
    ({ attrs }, answer) => {
      heard.push(attrs.type ?? 'available');
      if (attrs.type !== 'subscribe') return;
      for (const type of answerRequest) answer(xml('presence', { from, to: directory.jid, type }));
    },
  );
  return { heard, say: (type: string) => send(xml('presence', { from, to: directory.jid, type })) };
}

const isShown = async () => (await subscribers(directory.db)).some(({ shows }) => shows);

test('who subscribed is no stranger while the subscriptions are still read', async () => {
  directory = await createDirectory(asComponent(network.home));
  const first = await runReadyWorker();
  const { heard, say } = await startPeer();
  say('subscribe');
  await until('it is subscribed', isShown);
  await first.stop();
  await until('it was taken leave of', async () => heard.at(-1) === 'unavailable');
  heard.length = 0;

  const read = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = directory.db.transaction(async (tx) => {
    await tx.execute(sql`lock table consent in access exclusive mode`);
    locked.resolve();
    await read.promise;
  });
  await locked.promise;
  const second = await runWorker(directory);
  onTestFinished(second.stop);
  await until('its session stands', async () => second.logged.some(({ event }) => event === 'xmpp-online'));
  say('probe');
  const asker = await startAgent({ directory: directory.jid, server: network.far, subscribe: false });
  await asker.ask('get', xml('ping', { xmlns: NS_PING }), directory.jid);
  read.resolve();
  await holding;
  await until('it is told of the presence', async () => heard.includes('available'));
  expect(heard).not.toContain('unsubscribed');
});

test('an agent that answers each request with its own is not asked again and again', async () => {
  directory = await createDirectory(asComponent(network.home));
  await runReadyWorker();
  const { heard, say } = await startPeer(['subscribed', 'subscribe']);
  say('subscribe');
  await until('it is subscribed', isShown);
  await until(
    'its own request is agreed to',
    async () => heard.filter((type) => type === 'subscribed').length === 2,
  );
  say('probe');
  await until('it is told of the presence', async () => heard.at(-1) === 'available');
  expect(heard.filter((type) => type === 'subscribe')).toHaveLength(1);
});

test('a withdrawal that cannot be written is written when it can be', async () => {
  directory = await createDirectory(asComponent(network.home));
  const worker = await runReadyWorker();
  const { say } = await startPeer();
  say('subscribe');
  await until('it is subscribed', isShown);
  await directory.db.execute(sql`
    create function refuse() returns trigger language plpgsql as 'begin raise exception ''not now''; end';
    create trigger refuse before delete on consent for each row execute function refuse()`);
  say('unsubscribe');
  await until('the withdrawal failed', async () =>
    worker.logged.some(({ event }) => event === 'subscription-failed'),
  );
  await directory.db.execute(sql`drop trigger refuse on consent`);
  await until('it is withdrawn', async () => (await subscribers(directory.db)).length === 0);
});

test('who subscribes anew is asked for its presence anew, even if the answer is cut off', async () => {
  directory = await createDirectory(asComponent(network.home));
  const worker = await runReadyWorker();
  const { say } = await startPeer();
  say('subscribe');
  await until('it is subscribed', isShown);
  await worker.stop();
  // As far as a worker comes that is killed before it answers.
  const [subscriber] = await subscribers(directory.db);
  await grantConsent(directory.db, subscriber?.jid ?? '');
  expect(await isShown()).toBe(false);
  await runReadyWorker();
  await until('it has answered', isShown);
});
