/**
 * Answers of parties that come as messages: the directory's form, filled in, or an invoice. Who may make which move is
 * decided where all moves are made; the sender is who its server says it is.
 */

import { createHash } from 'node:crypto';
import { keptKey } from '../../db/idempotency.ts';
import type { MoveData } from '../../market/contract/contract.ts';
import type { MoveName } from '../../market/contract/rules.ts';
import { checkSettlement, statedInvoice } from '../../market/contract/settlement.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import { moveOwn } from '../../operations/contracts/move.ts';
import { type OwnContract, showContract } from '../../operations/contracts/show.ts';
import type { Deps } from '../../operations/deps.ts';
import { type Form, readForm } from '../../protocol/data-form.ts';
import { type Invoice, readInvoiceElement } from '../../protocol/dialects/payment.ts';
import { bareJid, formatJid, type Jid } from '../../protocol/jid.ts';
import { NS_CONTRACT, NS_DATA, NS_PAYMENT } from '../../protocol/namespaces.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { token } from '../../protocol/text.ts';
import { boundedChildren, type Element, xml } from '../../protocol/xml.ts';
import { type Allowance, excessText } from '../allowance.ts';
import { problemRefusal, refusal } from '../commands/refusal.ts';
import type { Gate } from '../gate.ts';
import { contractMessage } from '../jobs/contract-message.ts';
import { ownEvent, type Reply, readReply, replyData } from './reply-form.ts';

export const replyLimits = { formsMax: 4, idCharsMax: 1_000, threadCharsMax: 100 } as const;

export type RepliesDeps = {
  deps: Deps;
  allowance: Pick<Allowance, 'take'>;
  gate: Pick<Gate, 'pass'>;
  send: (stanza: Element) => boolean;
  onError: (error: unknown) => void;
};

/** What a message says of a contract. */
type Said = { reply: Reply; result: Form | null } | { contract: string; invoice: Invoice };

export class Replies {
  #deps: RepliesDeps;

  constructor(deps: RepliesDeps) {
    this.#deps = deps;
  }

  /** True where the message is an answer about a contract, well made or not, and is therefore nothing else. */
  onMessage(stanza: Element, from: Jid): boolean {
    if (!['normal', 'chat', undefined].includes(stanza.attrs.type)) return false;
    const said = readSaid(stanza);
    if (!said) return false;
    void this.#answer(stanza, from, said);
    return true;
  }

  async #answer(stanza: Element, from: Jid, said: Said | Problem): Promise<void> {
    this.#deps.send(addressed(await this.#outcome(from, stanza, said), stanza, from));
  }

  /** The message that tells of the move, or the error why it is not made. Never rejects. */
  async #outcome(from: Jid, stanza: Element, said: Said | Problem): Promise<Element> {
    const { allowance, gate, onError } = this.#deps;
    const excess = allowance.take(from);
    if (excess) return refusal('wait', 'resource-constraint', excessText(excess));
    if (isProblem(said)) return problemRefusal(said);
    try {
      const made = await gate.pass(bareJid(from), () => this.#made(from, stanza.attrs.id, said));
      if (made) return isProblem(made) ? problemRefusal(made) : made;
      return refusal('wait', 'resource-constraint', 'Too much is asked at the moment; try again shortly.');
    } catch (error) {
      onError(error);
      return problemRefusal(problem('internal', 'The directory failed; try again shortly.'));
    }
  }

  async #made(from: Jid, messageId: string | undefined, said: Said): Promise<Element | Problem> {
    const { deps } = this.#deps;
    const caller = { jid: bareJid(from), domain: from.domain };
    const id = 'reply' in said ? said.reply.contract : said.contract;
    const move = 'reply' in said ? said.reply.move : 'settle';
    const own = await showContract(deps, caller, id);
    if (isProblem(own)) return own;
    const key = keyOf(messageId, said);
    // A message that comes again is answered as it was, whatever the contract takes now.
    const isMade = key !== null && (await keptKey(deps.db, caller.jid, key)) !== null;
    if (!isMade) {
      const wish = wishOf(own, said);
      const moved = isProblem(wish) ? wish : await moveOwn(deps, caller, id, wish, key);
      if (isProblem(moved)) return moved;
    }
    const after = await showContract(deps, caller, id);
    if (isProblem(after)) return after;
    const event = ownEvent(after, own.side, move);
    if (!event) throw new Error('a move that was made is in the history');
    return contractMessage(after.contract, event, own.side, after.history);
  }
}

type Wish = { move: MoveName; data: MoveData; version: number | null };

function wishOf(own: OwnContract, said: Said): Wish | Problem {
  if ('invoice' in said) {
    const settlement = checkSettlement({ invoice: statedInvoice(said.invoice) });
    return isProblem(settlement) ? settlement : { move: 'settle', data: { settlement }, version: null };
  }
  const { reply, result } = said;
  // What cannot be done is refused before what is said with it: its fields are those of other moves.
  if (!own.moves.includes(reply.move)) return { move: reply.move, data: {}, version: null };
  const data = replyData(own, reply, result);
  if (isProblem(data)) return data;
  // Only terms are answered as they were read; the work goes on meanwhile.
  const isAnswer = ['accept', 'decline', 'propose'].includes(reply.move);
  return { move: reply.move, data, version: isAnswer ? reply.version : null };
}

/** The same message, however often it comes, makes its move once; one that reuses another's id is another. */
function keyOf(messageId: string | undefined, said: Said): string | null {
  if (!messageId || messageId.length > replyLimits.idCharsMax) return null;
  const text = JSON.stringify([messageId, said]);
  return `message-${createHash('sha256').update(text).digest('hex')}`;
}

function readSaid(stanza: Element): Said | Problem | null {
  const thread = token(stanza.getChildText('thread'), replyLimits.threadCharsMax);
  try {
    const forms = boundedChildren(stanza, 'x', NS_DATA, replyLimits.formsMax).map(readForm);
    const replies = forms.map((each) => readReply(each, thread)).filter((read) => read !== null);
    const [reply] = replies;
    if (isProblem(reply)) return reply;
    if (reply) return { reply, result: forms.find(({ type }) => type === 'result') ?? null };
    const invoice = stanza.getChild('invoice', NS_PAYMENT);
    if (!invoice || !thread) return null;
    return { contract: thread, invoice: readInvoiceElement(invoice) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return isOurs(stanza) ? problem('invalid-body', `Not accepted: ${error.message}`) : null;
  }
}

/** A form that cannot be read is answered only where it is the directory's own. */
function isOurs(stanza: Element): boolean {
  return stanza.getChild('invoice', NS_PAYMENT) !== undefined || String(stanza).includes(NS_CONTRACT);
}

/** To the very client that answered; an error goes with what it was about (RFC 6120 §8.3.1). */
function addressed(answer: Element, { attrs }: Element, from: Jid): Element {
  const to = formatJid(from);
  if (answer.is('error')) return xml('message', { to, type: 'error', id: attrs.id }, answer);
  answer.attrs.to = to;
  return answer;
}
