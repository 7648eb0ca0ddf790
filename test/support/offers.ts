import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { grantConsent } from '../../db/consent.ts';
import { insertToken } from '../../db/tokens.ts';
import { writeIndex } from '../../db/write-index.ts';
import type { Contract, ContractEvent } from '../../market/contract/contract.ts';
import type { Listing } from '../../market/listing.ts';
import type { Problem } from '../../market/problem.ts';
import { hashToken } from '../../market/token.ts';
import { type Form, form, formValue, readForm, writeForm } from '../../protocol/data-form.ts';
import { NS_CONTRACT, NS_DATA } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { startAgent, type TestAgent, type TestAgentOptions } from './agent.ts';
import { type TestDirectory, until } from './directory.ts';
import { fieldsOf, type Values } from './fields.ts';
import { inputOf } from './inputs.ts';
import { indexOf, listingOf } from './listings.ts';
import { contractsToldTo, type ToldContract } from './trade.ts';

export type Negotiator = { agent: TestAgent; listing: string; told: ToldContract[]; token: string };

export type Shown = Omit<Contract, 'answerBy' | 'deliverBy' | 'since'> &
  Pick<Problem, 'errors' | 'detail'> & {
    code: string;
    moves: string[];
    history: ContractEvent[];
    answerBy: string | null;
    deliverBy: string | null;
    since: string;
    due: string | null;
  };

/** A price that the listing states. */
export const listed = { amount: '5', currency: 'EUR', unit: 'logo' };

/** Offers at a directory of the test's, by both doors. */
export function offersAt(directory: () => TestDirectory & { http: string }) {
  async function tokenOf(jid: string): Promise<string> {
    const token = `guildhall_${randomBytes(16).toString('base64url')}`;
    const given = { id: randomBytes(8).toString('hex'), jid, hash: hashToken(token), label: null, days: 1 };
    await insertToken(directory().db, { ...given, scopes: ['read', 'trade'] }, 100);
    return token;
  }

  /** An agent that consents, with a listing that states a price and takes a colour. */
  async function provider(
    more: Partial<Listing> = {},
    options: Partial<TestAgentOptions> = {},
  ): Promise<Negotiator> {
    const agent = await startAgent({ directory: directory().jid, subscribe: false, ...options });
    const inputs = [inputOf('colour', { required: true }), inputOf('size', { type: 'integer' })];
    const some = { node: 'logo', name: 'Draw a logo', inputs, price: listed, ...more };
    await writeIndex(directory().db, [indexOf(agent.jid, [some])], 0);
    await grantConsent(directory().db, agent.jid);
    const { id: listing } = listingOf(agent.jid, { node: 'logo' });
    return { agent, listing, told: contractsToldTo(agent), token: await tokenOf(agent.jid) };
  }

  /** Who calls over HTTP alone. */
  async function client() {
    const jid = `ann-${randomBytes(4).toString('hex')}@agents.test`;
    return { jid, token: await tokenOf(jid) };
  }

  async function http(
    token: string,
    path: string,
    body?: object,
    headers: { [name: string]: string } = {},
  ): Promise<{ status: number; json: Shown }> {
    const response = await fetch(`${directory().http}/v1/contracts${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as Shown };
  }

  async function offer(
    token: string,
    listing: string,
    terms: object = {},
    more: object = { input: { colour: 'blue' } },
  ): Promise<Shown> {
    const { status, json } = await http(token, '', { listing, terms, ...more });
    if (status !== 201) throw new Error(`not offered: ${JSON.stringify(json)}`);
    return json;
  }

  /** The message that tells the agent of that event, and the form in it. */
  async function toldOf(
    { told }: Pick<Negotiator, 'told'>,
    id: string,
    move: string,
    seq?: number,
  ): Promise<ToldContract & { form: Form | null }> {
    const notice = await until(`it is told of ${move}`, async () =>
      told.find((one) => one.id === id && one.move === move && (seq === undefined || one.seq === seq)),
    );
    const element = notice.stanza.getChild('x', NS_DATA);
    return { ...notice, form: element ? readForm(element) : null };
  }

  /** Sends the directory's form back, filled in; what the directory says to it. */
  async function reply(
    agent: TestAgent,
    id: string,
    values: Values,
    more: { thread?: string; id?: string; elements?: Element[]; form?: boolean } = {},
  ): Promise<Element> {
    const messageId = more.id ?? `m${randomBytes(6).toString('hex')}`;
    const heard = Promise.withResolvers<Element>();
    const { onMessage } = agent;
    agent.onMessage = (stanza) => {
      onMessage(stanza);
      const notice = stanza.getChild('contract', NS_CONTRACT);
      const isOwn = notice && notice.attrs.by === notice.attrs.side;
      if (stanza.attrs.type === 'error' ? stanza.attrs.id === messageId : isOwn) heard.resolve(stanza);
    };
    const filled = form('submit', fieldsOf({ FORM_TYPE: NS_CONTRACT, contract: id, ...(values as object) }));
    agent.send(
      xml(
        'message',
        { to: directory().jid, type: 'normal', id: messageId },
        xml('thread', {}, more.thread ?? id),
        more.form === false ? null : writeForm(filled),
        ...(more.elements ?? []),
      ),
    );
    const answer = await heard.promise;
    agent.onMessage = onMessage;
    return answer;
  }

  /** Moves the contract's times into the past, as if so long had gone by. */
  async function wait(id: string, hours: number): Promise<void> {
    const back = sql`${hours} * interval '1 hour'`;
    await directory().db.execute(sql`
      update contract set since = since - ${back}, due = due - ${back}, answer_by = answer_by - ${back},
        deliver_by = deliver_by - ${back} where id = ${id}`);
  }

  return { tokenOf, provider, client, http, offer, toldOf, reply, wait };
}

/** What a form is filled in with. */
export const filled = (of: Form | null, name: string) => of && formValue(of, name);
export const errorIn = (stanza: Element) => String(stanza.getChild('error') ?? '');
