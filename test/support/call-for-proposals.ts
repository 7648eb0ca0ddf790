import { grantConsent } from '../../db/consent.ts';
import { writeIndex } from '../../db/write-index.ts';
import { type Form, form, formValue, readForm, writeForm } from '../../protocol/data-form.ts';
import { type RequestNotice, readRequestNotice } from '../../protocol/dialects/request-notice.ts';
import { NS_DATA, NS_REQUEST } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import type { TestAgent } from './agent.ts';
import type { TestDirectory } from './directory.ts';
import { fieldsOf, type Values } from './fields.ts';
import { indexOf, listingOf } from './listings.ts';
import { tradeAt, valueIn } from './trade.ts';

export type ToldRequest = RequestNotice & { stanza: Element; form: Form | null };

/** What the agent is told of calls for proposals from now on, in the order in which it comes. */
export function requestsToldTo(agent: TestAgent): ToldRequest[] {
  const told: ToldRequest[] = [];
  const { onMessage } = agent;
  agent.onMessage = (stanza) => {
    onMessage(stanza);
    const notice = stanza.getChild('request', NS_REQUEST);
    const shown = stanza.getChild('x', NS_DATA);
    if (notice) told.push({ ...readRequestNotice(notice), stanza, form: shown ? readForm(shown) : null });
  };
  return told;
}

/** What is refused of what the agent sends, as the texts of the errors. */
export function refusalsTo(agent: TestAgent): string[] {
  const errors: string[] = [];
  const { onMessage } = agent;
  agent.onMessage = (stanza) => {
    onMessage(stanza);
    if (stanza.attrs.type === 'error') errors.push(String(stanza));
  };
  return errors;
}

export const bodyOf = ({ stanza }: ToldRequest) => stanza.getChildText('body') ?? '';
export const saidIn = ({ form: shown }: ToldRequest, name: string) => (shown ? formValue(shown, name) : null);

/** Calls for proposals at a directory of the test's. */
export function callsAt(directory: () => Pick<TestDirectory, 'address' | 'db'>) {
  const { walk } = tradeAt(directory);

  /** Has the agent listed under a word, and consent. */
  async function list(agent: Pick<TestAgent, 'jid'>, word: string): Promise<string> {
    const { db } = directory();
    await writeIndex(db, [indexOf(agent.jid, [{ node: 'work', name: `Work ${word}` }])], 0);
    await grantConsent(db, agent.jid);
    return listingOf(agent.jid, { node: 'work' }).id;
  }

  const make = (agent: TestAgent, word: string, more: Values = {}) =>
    walk(agent, 'request', { task: 'make' }, { query: word, need: 'A menu.', ...(more as object) });

  /** Makes a call; returns its id. */
  async function call(agent: TestAgent, word: string, more: Values = {}): Promise<string> {
    const answer = await make(agent, word, more);
    const id = valueIn(answer, 'id');
    if (!id) throw new Error(`not made: ${JSON.stringify(answer.notes)}`);
    return id;
  }

  const answer = (agent: TestAgent, id: string, values: Values) => walk(agent, 'propose', { id }, values);
  const take = (agent: TestAgent, id: string, proposal: string) =>
    walk(agent, 'request', { task: 'award', id }, { proposal });
  const withdraw = (agent: TestAgent, id: string, words = '') =>
    walk(agent, 'request', { task: 'cancel', id }, { words });
  const show = (agent: TestAgent, id: string) => walk(agent, 'requests', { id });
  const stateOf = async (agent: TestAgent, id: string) => valueIn(await show(agent, id), 'state');

  /** Submits the form in a message, as who got it does. */
  function submit(
    agent: TestAgent,
    id: string,
    values: Values,
    more: { [name: string]: unknown } = {},
  ): void {
    const { thread = id, type = 'submit', formType = NS_REQUEST, message = 'normal' } = more;
    const fields = fieldsOf({
      ...(formType ? { FORM_TYPE: formType as string } : {}),
      ...(values as object),
    });
    agent.send(
      xml(
        'message',
        { to: directory().address, type: message as string, id: `m${Math.random().toString(36).slice(2)}` },
        thread ? xml('thread', {}, thread as string) : null,
        writeForm(form(type as 'submit', fields)),
      ),
    );
  }

  return { walk, list, make, call, answer, take, withdraw, show, stateOf, submit };
}
