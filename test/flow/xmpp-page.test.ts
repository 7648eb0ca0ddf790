import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { listingId } from '../../market/listing-id.ts';
import { newsLimits, subscriptionLimits } from '../../market/subscription.ts';
import { offerLimits } from '../../operations/contracts/offers.ts';
import { capsVerOfElement, readCaps } from '../../protocol/caps.ts';
import { writeCommandNotice } from '../../protocol/command-notice.ts';
import { formValue, readForm } from '../../protocol/data-form.ts';
import {
  NS_COMMANDS,
  NS_DATA,
  NS_DISCO_INFO,
  NS_REQUEST,
  NS_SUBSCRIPTION,
} from '../../protocol/namespaces.ts';
import { readPubsubEvent } from '../../protocol/pubsub.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { nodeCharsMax } from '../../worker/browse/nodes.ts';
import { contractFormLimits } from '../../worker/commands/contract-form.ts';
import { newsPageLimits } from '../../worker/pubsub/news-node.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { asComponent, type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { listingForm, textField } from '../support/fields.ts';
import { testIdentity } from '../support/identity.ts';
import { type OwnNetwork, ownNetwork } from '../support/network.ts';
import { agentOverHttp, listedOverHttp } from '../support/overview.ts';
import { Page, shapeOf } from '../support/page.ts';
import { parseXml } from '../support/xml.ts';

const path = fileURLToPath(new URL('../../docs/xmpp.md', import.meta.url));
const page = new Page(path);

/** Whom the page says to write to. */
const contacts = ['mailto:operator@agents.test', 'https://guildhall.example/'];

const idOf = (jid: string, node: string) => listingId({ jid, kind: 'command', node });

let network: OwnNetwork;
let directory: RunningDirectory;

beforeAll(async () => {
  network = await ownNetwork();
  directory = await startDirectory(asComponent(network.home), { contacts });
});

const whole = (name: string, max: string) =>
  textField(name, {
    label: name,
    required: true,
    validation: { datatype: 'xs:integer', method: 'range', min: '1', max, regex: null },
  });

/** The specialist of the page, online and listed. */
async function startDice(): Promise<TestAgent> {
  const dice = await startAgent({
    directory: directory.jid,
    server: network.home,
    resource: 'bot',
    commands: {
      roll: {
        name: 'Roll dice',
        fields: [whole('count', '100'), whole('sides', '1000')],
        infoForms: [
          listingForm({
            name: 'Roll dice',
            description: 'Rolls fair dice.',
            category: 'games',
            tags: ['dice', 'random'],
            lang: ['en'],
            price_amount: '0.01',
            price_currency: 'EUR',
            relay: 'allow',
          }),
        ],
      },
      loaded: {
        name: 'Roll a loaded dice',
        fields: [whole('sides', '1000')],
        infoForms: [listingForm({ name: 'Roll a loaded dice', category: 'games', tags: ['dice'] })],
      },
    },
  });
  await listedOverHttp(directory.http, dice.jid, ['Roll dice', 'Roll a loaded dice']);
  await until('it is online', async () =>
    (await agentOverHttp(directory.http, dice.jid))?.listings.every(
      ({ availability, inputs }) => availability?.online && inputs.length > 0,
    ),
  );
  return dice;
}

/** The answer, also where it is a refusal. */
async function ask(agent: TestAgent, question: Element): Promise<Element> {
  const { type, to, id } = question.attrs;
  if (question.is('message')) {
    const heard = Promise.withResolvers<Element>();
    const { onMessage } = agent;
    agent.onMessage = (stanza) => {
      onMessage(stanza);
      if (stanza.getChild('body')) heard.resolve(stanza);
    };
    agent.send(question);
    return heard.promise;
  }
  const [payload] = question.getChildElements();
  try {
    return await agent.ask(type as 'get' | 'set', payload as Element, to ?? '');
  } catch (error) {
    const [, refusal] = /^The answer was (<error.*)$/s.exec((error as Error).message) ?? [];
    if (!refusal) throw error;
    return xml('iq', { type: 'error', from: to, to: agent.fullJid, id }, parseXml(refusal));
  }
}

/** The text of the element of that name, wherever it is. */
function textIn(element: Element, name: string): string | null {
  return (
    element.getChildText(name) ??
    element
      .getChildElements()
      .map((child) => textIn(child, name))
      .find(Boolean) ??
    null
  );
}

/** What a result's field `id` says. */
function idIn(answer: Element): string {
  return valueIn(answer, 'id');
}

function valueIn(answer: Element, name: string): string {
  const form = answer.getChild('command', NS_COMMANDS)?.getChild('x', NS_DATA);
  return (form && formValue(readForm(form), name)) ?? '';
}

/** The specialist adds a command, and says so. */
async function addToss(dice: TestAgent): Promise<void> {
  const infoForms = [
    listingForm({ name: 'Toss a coin', description: 'Tosses a fair coin.', tags: ['dice'] }),
  ];
  dice.commands.set('toss', { name: 'Toss a coin', fields: [whole('times', '10')], infoForms });
  const items = [...dice.commands].map(([node, { name }]) => ({ jid: dice.fullJid, node, name }));
  dice.send(writeCommandNotice(directory.jid, items));
}

/** The message that tells of the listing, as the subscriber of a query or of the news gets it. */
const matchOf = (heard: Element[], id: string) =>
  heard.find((stanza) => stanza.getChild('notice', NS_SUBSCRIPTION)?.attrs.listing === id);
const newsOf = (heard: Element[], id: string) =>
  heard.find((stanza) => readPubsubEvent(stanza)?.items[0]?.payload?.attrs.listing === id);

test('each question of docs/xmpp.md has the answer that stands below it', async () => {
  const dice = await startDice();
  const ann = await startAgent({
    directory: directory.jid,
    subscribe: false,
    server: network.far,
    resource: 'desk',
  });
  const heard: Element[] = [];
  ann.onMessage = (message) => void heard.push(message);
  const tossed = idOf(dice.jid, 'toss');
  const heardByDice: Element[] = [];
  dice.onMessage = (message) => void heardByDice.push(message);
  let [session, cursor, subscription, seq, at, end] = ['SESSION', 'CURSOR', 'ID', 'SEQ', 'AT', 'END'];
  let contract = 'CONTRACT';
  let [request, proposal, awarded, deadline] = ['REQUEST', 'PROPOSAL', 'AWARDED', '2026-11-20T18:10:00Z'];
  const stanza = (title: string) =>
    page.stanza(title, [
      ...['roll', 'loaded', 'toss'].map((node): [string, string] => [
        idOf('dice@agents.test', node),
        idOf(dice.jid, node),
      ]),
      ['dice@agents.test', dice.jid],
      ['ann@works.test/desk', ann.fullJid],
      ['ann@works.test', ann.jid],
      ['SESSION', session],
      ['CURSOR', cursor],
      ['5f1d0c3a9be27764', subscription],
      ['31337', seq],
      ['CONTRACT', contract],
      ['REQUEST', request],
      ['PROPOSAL', proposal],
      ['AWARDED', awarded],
      ['2026-11-20T18:10:00Z', deadline],
      ['2026-11-20T17:05:12.345Z', at],
      ['2026-11-27T17:00:00Z', end],
    ]);
  await until('it has published who it is', async () => {
    const asked = ask(dice, stanza('the specialist sends: card'));
    return (await asked).attrs.type === 'result';
  });
  /** Sends what the page has somebody send, and takes the session of the answer. */
  const say = async (agent: TestAgent, title: string) => {
    const answer = await ask(agent, stanza(title));
    session = answer.getChild('command', NS_COMMANDS)?.attrs.sessionid ?? session;
    return answer;
  };
  const isTold = async (name: string, to: Element[]) => {
    const shown = stanza(`the directory tells: ${name}`);
    const told = await until(name, async () => to.find(({ attrs }) => attrs.id === shown.attrs.id));
    expect(shapeOf(told), String(told)).toBe(shapeOf(shown));
    expect(told.getChildText('body')).toBe(shown.getChildText('body'));
  };
  /** What the specialist does with the contract that it is offered. */
  const takeContract = async () => {
    await isTold('contract-offered', heardByDice);
    for (const name of page.namesOf('the specialist sends').filter((each) => each !== 'card')) {
      if (name === 'deliver') {
        await say(dice, 'the specialist sends: contract');
        await say(dice, 'the specialist sends: contract-id');
      }
      const answer = await say(dice, `the specialist sends: ${name}`);
      expect(shapeOf(answer), `${name}: ${answer}`).toBe(shapeOf(stanza(`the directory answers: ${name}`)));
    }
    await isTold('contract-accepted', heard);
  };
  /** What the specialist makes of the terms that it is offered; it is told of its own moves besides. */
  const answerTerms = async () => {
    await isTold('terms-offered', heardByDice);
    dice.send(stanza('the specialist writes: propose'));
    await isTold('terms-proposed', heard);
    const early = stanza('the specialist writes: too-early');
    dice.send(early);
    const refused = await until('it is refused', async () =>
      heardByDice.find(({ attrs }) => attrs.type === 'error' && attrs.id === early.attrs.id),
    );
    expect(shapeOf(refused), String(refused)).toBe(shapeOf(stanza('the directory answers: too-early')));
  };
  /** What the specialist does with the call for proposals in which it is asked. */
  const answerCall = async () => {
    await isTold('cfp', heardByDice);
    for (const name of page.namesOf('the provider sends')) {
      const answer = await say(dice, `the provider sends: ${name}`);
      proposal = answer.getChild('request', NS_REQUEST)?.attrs.proposal ?? proposal;
      expect(shapeOf(answer), `${name}: ${answer}`).toBe(shapeOf(stanza(`the directory answers: ${name}`)));
    }
    const told = await until('the client is told', async () =>
      heard.find((one) => one.getChild('request', NS_REQUEST)?.attrs.event === 'propose'),
    );
    const shown = stanza('the directory tells: proposed');
    expect(shapeOf(told), String(told)).toBe(shapeOf(shown));
    expect(told.getChildText('body')).toBe(shown.getChildText('body'));
  };
  /** What begins anew with the first step of its command. */
  const begins = new Map([
    ['move-id', 'the specialist sends: contract'],
    ['contracts-list', 'you send: contracts'],
    ['contracts-others', 'you send: contracts'],
    ['request-award', 'you send: request'],
  ]);
  for (const name of page.namesOf('you send')) {
    const first = begins.get(name);
    if (first) await say(ann, first);
    const answer = await ask(ann, stanza(`you send: ${name}`));
    const who = name === 'call' ? 'the specialist' : 'the directory';
    expect(shapeOf(answer), `${name}: ${answer}`).toBe(shapeOf(stanza(`${who} answers: ${name}`)));
    if (answer.is('message')) {
      expect(answer.getChildText('body')).toBe(stanza(`the directory answers: ${name}`).getChildText('body'));
    }
    session = answer.getChild('command', NS_COMMANDS)?.attrs.sessionid ?? session;
    cursor = textIn(answer, 'last') ?? cursor;
    if (name === 'subscribe-done') subscription = idIn(answer);
    if (name === 'witness-submit') {
      contract = idIn(answer);
      await takeContract();
    }
    if (name === 'offer-terms') {
      contract = idIn(answer);
      await answerTerms();
    }
    if (name === 'request-make') {
      [request, deadline] = [idIn(answer), valueIn(answer, 'deadline')];
      await answerCall();
    }
    if (name === 'request-take') {
      awarded = valueIn(answer, 'contract');
      await isTold('accepted', heardByDice);
    }
    if (name !== 'news-subscribe') continue;
    await addToss(dice);
    const [match, news] = await until('both are told', async () => {
      const told = [matchOf(heard, tossed), newsOf(heard, tossed)] as const;
      return told[0] && told[1] && ([told[0], told[1]] as const);
    });
    const notice = match.getChild('notice', NS_SUBSCRIPTION)?.attrs;
    [seq, end] = [notice?.seq ?? '', notice?.until ?? ''];
    at = readPubsubEvent(news)?.items[0]?.payload?.attrs.at ?? '';
    expect(shapeOf(match), String(match)).toBe(shapeOf(stanza('the directory tells: match')));
    expect(shapeOf(news), String(news)).toBe(shapeOf(stanza('the directory tells: news')));
  }
  const card = await ask(dice, stanza('the specialist sends: card'));
  const shown = stanza('the directory answers: card');
  expect(shapeOf(card)).toBe(shapeOf(shown));
  const [real, ofPage] = [card, shown].map((one) => JSON.parse(textIn(one, 'agentcard') ?? ''));
  expect(real).toEqual({
    ...ofPage,
    version: expect.any(String),
    skills: expect.arrayContaining(ofPage.skills),
  });
  expect(page.unused).toEqual([]);
});

describe('docs/xmpp.md', () => {
  test('shows the disco#info whose hash the presence announces', () => {
    const info = page.stanza('the directory answers: info', [['x'.repeat(80), '']]);
    const caps = readCaps(testIdentity({ contacts }).announcement());
    expect(capsVerOfElement(info.getChild('query', NS_DISCO_INFO) as Element)).toBe(caps?.ver);
  });

  test('states limits as they are', () => {
    const { perJidMax, perSiteMax, waitingMax } = subscriptionLimits;
    const many = (limit: number) => limit.toLocaleString('en');
    const { unacceptedHours, unacceptedPerOtherMax, unacceptedPerOpenerMax } = offerLimits;
    for (const said of [
      `more than ${many(nodeCharsMax)} characters`,
      `more than ${waitingMax} matches waited`,
      `has ${perJidMax} subscriptions, a registrable domain ${many(perSiteMax)}`,
      `more than ${many(newsLimits.backlogMax)} changes behind`,
      `${newsPageLimits.itemsDefault}, or as\n\`max_items\` says, up to ${newsPageLimits.itemsMax}`,
      `In ${unacceptedHours} hours you make at most ${unacceptedPerOtherMax} offers to another, and ${unacceptedPerOpenerMax} in all`,
      `fields of their own, up to ${contractFormLimits.resultFieldsMax}`,
      `have ${many(newsLimits.subscribersMax)} subscribers, ${newsLimits.perSiteMax} of one registrable domain`,
    ])
      expect(page.text).toContain(said);
    expect([subscriptionLimits.bouncesMax, newsLimits.bouncesMax]).toEqual([5, 5]);
  });

  test('links only to files that exist', () => {
    const links = [...page.text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    const missing = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(dirname(path), link)));
    expect(missing).toEqual([]);
  });
});
