/** What an Agent Gateway's answers say before a task runs: what the endpoint is, and whether it accepted a request. */

import { formNamespace } from '../../protocol/data-form.ts';
import { type EndpointInfo, readEndpointInfo } from '../../protocol/dialects/agent-gateway/infos.ts';
import { FORM_ENDPOINT_INFO } from '../../protocol/dialects/agent-gateway/namespaces.ts';
import { readAccepted } from '../../protocol/dialects/agent-gateway/task.ts';
import { infoQuery, readInfo } from '../../protocol/disco.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import type { Element } from '../../protocol/xml.ts';
import type { IqOutcome } from '../iq-caller.ts';

type AskEndpoint = (to: string, type: 'get' | 'set', payload: Element) => Promise<IqOutcome>;

/** Nothing has gone out yet. @throws where the endpoint does not answer, and has to be asked again */
export async function endpointOf(
  ask: AskEndpoint,
  jid: string,
): Promise<{ kind: 'endpoint'; endpoint: EndpointInfo } | { kind: 'refused'; reason: string }> {
  const outcome = await ask(jid, 'get', infoQuery());
  if (outcome.kind === 'timeout' || outcome.kind === 'offline') throw new Error(`${jid} does not answer`);
  if (outcome.kind === 'error') {
    if (isPassing(outcome)) throw new Error(`${jid} is not reached: ${outcome.error.condition}`);
    return { kind: 'refused', reason: `The agent answers ${outcome.error.condition}.` };
  }
  try {
    if (!outcome.payload) throw new ParseError('the answer is empty');
    const form = readInfo(outcome.payload).forms.find((each) => formNamespace(each) === FORM_ENDPOINT_INFO);
    if (!form) throw new ParseError('it states no endpoint');
    return { kind: 'endpoint', endpoint: readEndpointInfo(form) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { kind: 'refused', reason: `The agent's disco#info cannot be used: ${error.message}.` };
  }
}

/** The task's id; null where the answer does not say that this request was accepted. */
export function acceptedIn(outcome: IqOutcome, requestId: string): string | null {
  if (outcome.kind !== 'result' || !outcome.payload) return null;
  try {
    const accepted = readAccepted(outcome.payload);
    return accepted.requestId === requestId ? accepted.taskId : null;
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** An error that says that the gateway is not there just now. */
export function isPassing(outcome: IqOutcome): boolean {
  return (
    outcome.kind === 'error' &&
    (outcome.error.type === 'wait' ||
      ['remote-server-not-found', 'recipient-unavailable', 'service-unavailable'].includes(
        outcome.error.condition,
      ))
  );
}
