/** What the directory says over XMPP about contracts and challenges. */

import { type Outstanding, outstandingChallenge } from '../../db/challenges.ts';
import type { AskedNotice, ContractNotice } from '../../db/contract-notices.ts';
import type { Database } from '../../db/database.ts';
import { contractHistory } from '../../db/read-contracts.ts';
import { codeProblem, confirmBody } from '../../market/challenge.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import { takeAnswer } from '../../operations/challenges.ts';
import type { Deps } from '../../operations/deps.ts';
import {
  type ConfirmAnswer,
  readConfirmMessage,
  readConfirmResult,
  writeConfirm,
  writeConfirmMessage,
} from '../../protocol/http-auth.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import type { Session } from '../session.ts';
import { contractMessage } from './contract-message.ts';
import { insist } from './moves.ts';
import type { Taken } from './taken.ts';

export type TellDeps = {
  db: Database;
  session: Pick<Session, 'send'>;
  taken: Pick<Taken, 'isTaken'>;
  notice: (asked: AskedNotice) => Promise<ContractNotice | null>;
};

export type MessagesDeps = { deps: Deps; session: Pick<Session, 'ready' | 'ask' | 'send'> };

/**
 * Tells a party of an event of its contract. @throws where it is not known that the server has the message
 */
export async function tellParty({ db, session, taken, notice }: TellDeps, asked: AskedNotice): Promise<void> {
  const told = await notice(asked);
  if (!told?.mayHear) return;
  const { contract, event } = told;
  // What is negotiated is told with the form by which it is answered.
  const history =
    contract.kind === 'direct' ? await contractHistory(db, contract.id, contractLimits.eventsMax * 2) : [];
  const isSent = session.send(contractMessage(contract, event, asked.party, history));
  if (!isSent || !(await taken.isTaken())) throw new Error('the server has not taken the message');
}

/**
 * Asks the address of a challenge: one of its clients by IQ, whose answer is taken here when it comes, or all of them by
 * message, whose answer comes as a message (XEP-0070 §4.5). Settles when it is asked: nobody's silence holds up what else
 * is to be done. @throws where it cannot be asked now
 */
export async function askToConfirm(
  { deps, session, onError }: MessagesDeps & { onError: (error: unknown) => void },
  id: string,
): Promise<void> {
  const waiting = await outstandingChallenge(deps.db, { id });
  if (!waiting) return;
  if (!session.ready) throw new Error('there is no session');
  const confirm = { id: waiting.code, method: 'POST', url: waiting.url };
  if (waiting.address === waiting.jid) {
    const { jid: to, thread } = waiting;
    const body = confirmBody({ ...waiting, expires: new Date(waiting.expiresMs) });
    session.send(writeConfirmMessage({ to, thread, body, confirm }));
    return;
  }
  void askClient({ deps, session }, waiting, writeConfirm(confirm)).catch(onError);
}

async function askClient({ deps, session }: MessagesDeps, of: Outstanding, confirm: Element): Promise<void> {
  const left = Math.max(1, of.expiresMs - Date.now());
  const outcome = await session.ask(of.address, 'get', confirm, left);
  if (outcome.kind === 'timeout' || outcome.kind === 'offline') return;
  const answer =
    outcome.kind === 'result'
      ? readConfirmResult(xml('iq', { type: 'result' }))
      : { granted: false, confirm: null, thread: null, words: null, condition: outcome.error.condition };
  await insist(() => takeAnswer(deps, of.jid, answer));
}

/**
 * What a message may answer to a challenge; null where it answers none, whoever sent it.
 * @throws {ParseError} where its element is not as it must be
 */
export function confirmationIn(message: Element): ConfirmAnswer | null {
  const answer = readConfirmMessage(message);
  if (!answer) return null;
  const isCode = answer.words !== null && codeProblem(answer.words.trim()) === null;
  return answer.confirm || answer.thread || isCode ? answer : null;
}
