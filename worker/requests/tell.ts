/** Telling the parties of a call for proposals, by the jobs that its moves leave. */

import { findRequest, requestHistory, toldProviders } from '../../db/read-requests.ts';
import { noteTold } from '../../db/requests.ts';
import type { Asked, CallForProposals, RequestEvent } from '../../market/request/request.ts';
import type { Deps } from '../../operations/deps.ts';
import { clientPlace } from '../../operations/requests/jobs.ts';
import { dropAsked } from '../../operations/requests/move.ts';
import { stillAskable } from '../../operations/requests/providers.ts';
import type { Element } from '../../protocol/xml.ts';
import type { Taken } from '../jobs/taken.ts';
import type { Session } from '../session.ts';
import { clientMessage, providerMessage } from './request-message.ts';

export type TellDeps = {
  deps: Deps;
  session: Pick<Session, 'send'>;
  taken: Pick<Taken, 'isTaken'>;
};

/** Which event, and who is told: the place of a provider, or the client's. */
export type ToldOfRequest = { request: string; seq: number; place: number };

/**
 * Tells a party of an event. A provider that does not let itself be asked any more is asked nothing, and hears only of what it
 * answered before. @throws where it is not known that the server has the message
 */
export async function tellOfRequest(
  { deps, session, taken }: TellDeps,
  { request: id, seq, place }: ToldOfRequest,
): Promise<void> {
  const [request, history] = await Promise.all([findRequest(deps.db, id), requestHistory(deps.db, id, seq)]);
  const event = history.find((one) => one.seq === seq);
  if (!request || !event) return;
  const message =
    place === clientPlace ? clientMessage(request, event) : await forProvider(deps, request, event, place);
  if (!message) return;
  const isSent = session.send(message);
  if (!isSent || !(await taken.isTaken())) throw new Error('the server has not taken the message');
}

async function forProvider(
  deps: Deps,
  request: CallForProposals,
  event: RequestEvent,
  place: number,
): Promise<Element | null> {
  const asked = request.asked.find((one) => one.place === place);
  if (!asked || !(await mayHear(deps, request, event, asked))) return null;
  return providerMessage(request, event, asked);
}

async function mayHear(
  deps: Deps,
  request: CallForProposals,
  event: RequestEvent,
  asked: Asked,
): Promise<boolean> {
  const { provider, listing, answers } = asked;
  if (event.move !== 'call') {
    if (answers > 0) return true;
    const told = await toldProviders(deps.db, request.id);
    return told.has(provider) && (await stillAskable(deps, provider, listing.id));
  }
  // Who answered over HTTP has heard of it.
  if (request.state !== 'open' || new Date() >= request.deadline || answers > 0) return false;
  if (await stillAskable(deps, provider, listing.id)) return noteTold(deps.db, request.id, provider);
  await dropAsked(deps, request.id, provider);
  return false;
}
