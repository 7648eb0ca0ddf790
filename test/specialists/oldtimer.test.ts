import { expect, test } from 'vitest';
import { readAgents } from '../../protocol/agents.ts';
import { readInfo } from '../../protocol/disco.ts';
import { NS_STANZAS } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { oldtimerAnswers } from '../../scripts/specialists/oldtimer.ts';

const domain = 'oldtimer.agents.test';
const answers = oldtimerAnswers({ domain });

async function ask(to: string, xmlns: string, type = 'get'): Promise<Element> {
  const [answer, ...more] = await answers(
    xml('iq', { type, id: 'q', from: 'a@b/c', to }, xml('query', { xmlns })),
  );
  if (!answer) throw new Error('no answer');
  expect(more).toEqual([]);
  expect(answer.attrs).toMatchObject({ id: 'q', from: to, to: 'a@b/c' });
  return answer;
}

test('the component names its bot by agent information', async () => {
  const query = (await ask(domain, 'jabber:iq:agents')).getChild('query');
  if (!query) throw new Error('a list expected');
  expect(readAgents(query).map(({ jid, name }) => ({ jid, name }))).toEqual([
    { jid: `calendar@${domain}`, name: 'Old and new style dates' },
  ]);
});

test.each([
  ['http://jabber.org/protocol/disco#info', 'get'],
  ['http://jabber.org/protocol/disco#items', 'get'],
  ['urn:xmpp:ping', 'get'],
  ['jabber:iq:agents', 'set'],
])('the component refuses %s (%s)', async (xmlns, type) => {
  const answer = await ask(domain, xmlns, type);
  expect(answer.attrs.type).toBe('error');
  const error = answer.getChild('error');
  expect(error?.attrs.type).toBe('cancel');
  expect(error?.getChildElements().map(({ name, attrs }) => [name, attrs.xmlns])).toEqual([
    ['service-unavailable', NS_STANZAS],
  ]);
});

test('the bot states a listing of its own', async () => {
  const query = (await ask(`calendar@${domain}`, 'http://jabber.org/protocol/disco#info')).getChild('query');
  if (!query) throw new Error('a disco#info expected');
  const [form] = readInfo(query).forms;
  expect(form?.fields.find((field) => field.var === 'FORM_TYPE')?.values).toEqual([
    'urn:guildhall:listing:0',
  ]);
});

test('neither answers what is no question, nor anybody else of the domain', async () => {
  expect(await answers(xml('presence', { from: 'a@b', to: domain, type: 'subscribe' }))).toEqual([]);
  expect((await ask(`nobody@${domain}`, 'jabber:iq:agents')).attrs.type).toBe('error');
});
