/** Answers to calls for proposals that come as forms in messages: each is told what came of it, and nobody else is. */

import { randomUUID } from 'node:crypto';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import type { RequestView } from '../../market/request/view.ts';
import type { Deps } from '../../operations/deps.ts';
import { propose, refuse } from '../../operations/requests/move.ts';
import { type RequestAnswer, readRequestAnswer } from '../../protocol/dialects/request-answer.ts';
import { writeRequestNotice } from '../../protocol/dialects/request-notice.ts';
import { bareJid, type Jid, tryJid } from '../../protocol/jid.ts';
import { NS_MUC_USER } from '../../protocol/namespaces.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { writeStanzaError } from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { type Allowance, excessText } from '../allowance.ts';
import { timeText } from '../commands/fields.ts';
import { stanzaErrorOf } from '../commands/refusal.ts';
import { inFields } from '../commands/terms-form.ts';
import type { Gate } from '../gate.ts';
import { proposalText, wishedIn } from './answer-form.ts';

export type RequestAnswersDeps = {
  deps: Deps;
  allowance: Pick<Allowance, 'take'>;
  /** Keeps one agent's answers few at a time. */
  gate: Pick<Gate, 'pass'>;
  send: (stanza: Element) => unknown;
  /** Hears of our own faults; who answered hears only that there was one. */
  onError: (error: unknown) => void;
};

export class RequestAnswers {
  #deps: RequestAnswersDeps;

  constructor(deps: RequestAnswersDeps) {
    this.#deps = deps;
  }

  /** True where the message is such an answer, and is therefore nothing else. */
  onMessage(stanza: Element): boolean {
    const from = tryJid(stanza.attrs.from);
    const { type = 'normal' } = stanza.attrs;
    if (!from || (type !== 'normal' && type !== 'chat') || stanza.getChild('x', NS_MUC_USER)) return false;
    const answer = readAnswer(stanza);
    if (!answer) return false;
    void this.#take(stanza, from, answer);
    return true;
  }

  async #take(stanza: Element, from: Jid, answer: RequestAnswer): Promise<void> {
    const outcome = await this.#outcome(from, answer).catch((error: unknown) => {
      this.#deps.onError(error);
      return problem('internal', 'The directory failed; try again shortly.');
    });
    this.#deps.send(isProblem(outcome) ? refusalOf(stanza, outcome) : replyTo(stanza, outcome));
  }

  async #outcome(from: Jid, { id, answer, form, words }: RequestAnswer): Promise<RequestView | Problem> {
    const { deps, allowance, gate } = this.#deps;
    const excess = allowance.take(from);
    if (excess) return problem('too-many-requests', excessText(excess));
    const caller = { jid: bareJid(from), domain: from.domain };
    const values = new Map(form.fields.map((field) => [field.var ?? '', field.values]));
    const moved = await gate.pass(caller.jid, () =>
      answer === 'refuse'
        ? refuse(deps, caller, id, words, null)
        : propose(deps, caller, id, wishedIn(values), null),
    );
    return moved ?? problem('too-many-requests', 'Too much is asked at the moment; try again shortly.');
  }
}

function readAnswer(stanza: Element): RequestAnswer | null {
  try {
    return readRequestAnswer(stanza);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function replyTo(stanza: Element, { request, own }: RequestView): Element {
  const { id, state, deadline } = request;
  const proposal = own?.proposal ?? null;
  const text =
    own && proposal
      ? `Call for proposals ${id}: you propose ${proposalText(own)}. Until ${timeText(deadline)} you can replace it.`
      : `Call for proposals ${id}: you refuse.`;
  return xml(
    'message',
    { to: stanza.attrs.from, type: stanza.attrs.type, id: randomUUID(), 'xml:lang': 'en' },
    xml('thread', {}, id),
    xml('body', {}, text),
    writeRequestNotice({
      ...{ id, event: proposal ? 'propose' : 'refuse', state, side: 'provider' },
      ...{ deadline: timeText(deadline), proposal: proposal?.id ?? null, contract: null },
    }),
  );
}

/** RFC 6120 §8.3.1: an error in return for what was sent. */
function refusalOf(stanza: Element, refused: Problem): Element {
  return xml(
    'message',
    { to: stanza.attrs.from, type: 'error', id: stanza.attrs.id },
    writeStanzaError(stanzaErrorOf(inFields(refused))),
  );
}
