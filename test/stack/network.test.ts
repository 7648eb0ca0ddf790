import { randomBytes } from 'node:crypto';
import { client, xml } from '@xmpp/client';
import { expect, inject, test } from 'vitest';
import { registerAccount } from '../../scripts/register.ts';

const { xmpp, federated } = inject('stack');
const [agents] = xmpp;
if (!agents) throw new Error('there is no XMPP server');
const { service, domain } = agents;

/** Registers an account, goes online with it, and ends the session after `work`. */
async function withUser<T>(work: (user: ReturnType<typeof client>) => Promise<T>): Promise<T> {
  const username = `user-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(8).toString('hex');
  await registerAccount({ service, domain, username, password });
  const user = client({ service, domain, username, password });
  user.on('error', () => {});
  await user.start();
  try {
    return await work(user);
  } finally {
    user.reconnect.stop();
    await user.stop();
  }
}

function discoInfo(to: string) {
  return xml('iq', { type: 'get', to }, xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' }));
}

function identities(answer: {
  getChild(name: string): { getChildren(name: string): { attrs: object }[] } | undefined;
}) {
  return answer
    .getChild('query')
    ?.getChildren('identity')
    .map((identity) => identity.attrs);
}

test.runIf(federated)(
  'a user of agents.test reads the disco#info of works.test and of its components',
  async () => {
    await withUser(async (user) => {
      const ask = async (to: string) => identities(await user.iqCaller.request(discoInfo(to)));
      expect(await ask('works.test')).toContainEqual(
        expect.objectContaining({ category: 'server', type: 'im' }),
      );
      expect(await ask('pubsub.works.test')).toContainEqual(expect.objectContaining({ category: 'pubsub' }));
      expect(await ask('rooms.works.test')).toContainEqual(
        expect.objectContaining({ category: 'conference' }),
      );
    });
  },
);

test('an ordinary account makes a public node by publishing to it, and another reads its publisher', async () => {
  const node = `node-${randomBytes(4).toString('hex')}`;
  const pubsub = { xmlns: 'http://jabber.org/protocol/pubsub' };
  const to = `pubsub.${domain}`;
  const publisher = await withUser(async (user) => {
    const item = xml('item', { id: 'one' }, xml('note', { xmlns: 'urn:example:note' }, 'hello'));
    await user.iqCaller.request(
      xml('iq', { type: 'set', to }, xml('pubsub', pubsub, xml('publish', { node }, item))),
    );
    return user.jid?.bare().toString();
  });
  const answer = await withUser((user) =>
    user.iqCaller.request(xml('iq', { type: 'get', to }, xml('pubsub', pubsub, xml('items', { node })))),
  );
  const item = answer.getChild('pubsub')?.getChild('items')?.getChild('item');
  expect(item?.getChildText('note')).toBe('hello');
  expect(item?.attrs.publisher).toBe(publisher);
});
