import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { listingId } from '../../market/listing-id.ts';
import { capsVerOfElement, readCaps } from '../../protocol/caps.ts';
import { NS_AGENTS, NS_COMMANDS, NS_DISCO_INFO } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { nodeCharsMax } from '../../worker/browse/nodes.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { listingForm, textField } from '../support/fields.ts';
import { testIdentity } from '../support/identity.ts';
import { agentOverHttp, listedOverHttp } from '../support/overview.ts';
import { Page, shapeOf } from '../support/page.ts';
import { parseXml } from '../support/xml.ts';

const path = fileURLToPath(new URL('../../docs/xmpp.md', import.meta.url));
const page = new Page(path);

/** Whom the page says to write to. */
const contacts = ['mailto:operator@agents.test', 'https://guildhall.example/'];

const idOf = (jid: string, node: string) => listingId({ jid, kind: 'command', node });

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory(undefined, { contacts });
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
    agent.onMessage = (stanza) => stanza.getChild('body') && heard.resolve(stanza);
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

test('each question of docs/xmpp.md has the answer that stands below it', async () => {
  const dice = await startDice();
  const ann = await startAgent({
    directory: directory.jid,
    subscribe: false,
    domain: 'works.test',
    resource: 'desk',
  });
  let [session, cursor] = ['SESSION', 'CURSOR'];
  const stanza = (title: string) =>
    page.stanza(title, [
      ...['roll', 'loaded'].map((node): [string, string] => [
        idOf('dice@agents.test', node),
        idOf(dice.jid, node),
      ]),
      ['guildhall@agents.test', directory.jid],
      ['dice@agents.test', dice.jid],
      ['ann@works.test/desk', ann.fullJid],
      ['SESSION', session],
      ['CURSOR', cursor],
    ]);
  await until('it has published who it is', async () => {
    const asked = ask(dice, stanza('the specialist sends: card'));
    return (await asked).attrs.type === 'result';
  });
  for (const name of page.namesOf('you send')) {
    const answer = await ask(ann, stanza(`you send: ${name}`));
    // Tests that run on the same servers have agents of their own, which the directory lists too.
    const list = answer.getChild('query', NS_AGENTS);
    const isOwn = ({ attrs }: Element) =>
      [dice.jid, directory.jid].includes(String(attrs.jid).split('/')[0] ?? '');
    if (list) list.children = list.getChildElements().filter(isOwn);
    const who = name === 'call' ? 'the specialist' : 'the directory';
    expect(shapeOf(answer), `${name}: ${answer}`).toBe(shapeOf(stanza(`${who} answers: ${name}`)));
    if (answer.is('message')) {
      expect(answer.getChildText('body')).toBe(stanza(`the directory answers: ${name}`).getChildText('body'));
    }
    session = answer.getChild('command', NS_COMMANDS)?.attrs.sessionid ?? session;
    cursor = textIn(answer, 'last') ?? cursor;
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
    expect(page.text).toContain(`more than ${nodeCharsMax.toLocaleString('en')} characters`);
  });

  test('links only to files that exist', () => {
    const links = [...page.text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    const missing = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(dirname(path), link)));
    expect(missing).toEqual([]);
  });
});
