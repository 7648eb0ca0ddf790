import { beforeAll, expect, test } from 'vitest';
import { NS_DISCO_INFO, NS_DISCO_ITEMS } from '../../../protocol/namespaces.ts';
import { type Element, xml } from '../../../protocol/xml.ts';
import { allowanceLimits, ratesDefault } from '../../../worker/allowance.ts';
import { patienceLimits } from '../../../worker/chat/patience.ts';
import { openAccount } from '../../support/account.ts';
import { type Bot, expectUnharmed, startBot } from '../../support/bot.ts';
import { startComponent } from '../../support/component.ts';
import { until } from '../../support/directory.ts';
import { ownNetwork } from '../../support/network.ts';

let network: Awaited<ReturnType<typeof ownNetwork>>;

beforeAll(async () => {
  network = await ownNetwork();
});

const shelf = () => xml('query', { xmlns: NS_DISCO_ITEMS, node: 'tags' });
const address = (bot: Bot) => `${bot.jid}/guildhall`;

test('a burst of 2,000 questions is answered to the last, most by an error to wait, and others are answered meanwhile', async () => {
  const bot = await startBot(network.home);
  await until('it is online', async () => bot.session.ready);
  const [flooder, neighbour] = await Promise.all([openAccount(network.far), openAccount(network.far)]);
  const begun = performance.now();
  const answers = Array.from({ length: 2_000 }, () =>
    flooder.request('get', shelf(), address(bot)).then(
      () => 'result',
      (error: Error) => error.message,
    ),
  );
  // The other one is of the same domain, and asks while the burst is under way.
  const info = await neighbour.request('get', xml('query', { xmlns: NS_DISCO_INFO }), address(bot));
  const items = await neighbour.request('get', shelf(), address(bot));
  expect([info.attrs.type, items.attrs.type]).toEqual(['result', 'result']);
  const all = await Promise.all(answers);
  const seconds = (performance.now() - begun) / 1_000;
  expect(all).toHaveLength(2_000);
  expect(all).toContain('result');
  const refused = all.filter((answer) => answer !== 'result');
  for (const answer of refused) expect(answer).toMatch(/type="wait"><resource-constraint /);
  // As many as there is an allowance for are let in, of which a busy machine sends some away, too.
  const excess = /Too many questions from your address; try again in \d+ second/;
  const letIn = all.filter((answer) => !excess.test(answer)).length;
  const { perJid } = ratesDefault;
  expect(letIn).toBeGreaterThanOrEqual((perJid * allowanceLimits.burstSeconds) / 60);
  expect(letIn).toBeLessThanOrEqual((perJid * (allowanceLimits.burstSeconds + seconds)) / 60 + 1);
});

test('a flood of chat messages is answered so often and no more, and harms nobody', async () => {
  const bot = await startBot(network.home);
  await until('it is online', async () => bot.session.ready);
  const component = await startComponent(network.far.component, () => undefined);
  const replies: number[] = [];
  bot.session.emitter.on('send', (stanza: Element) => {
    if (stanza.getChild('body')) replies.push(Date.now());
  });
  // Ten that write a hundred messages each, none like another.
  for (let at = 0; at < 1_000; at++) {
    const from = `chatter${at % 10}@${component.domain}/r${at}`;
    const body = xml('body', {}, `words number ${at}`);
    component.send(xml('message', { from, to: bot.jid, type: 'chat' }, body));
  }
  await expectUnharmed(bot);
  expect(replies.length).toBeGreaterThan(0);
  expect(replies.length).toBeLessThanOrEqual(10 * (patienceLimits.repliesMax + 1));
});
