/** Whether the directory may call an agent for somebody else. */

import { parseJid } from '../protocol/jid.ts';
import { agentFormsOf, isNoOffer } from './describe.ts';
import type { Facts } from './facts.ts';
import type { Listing } from './listing.ts';
import { type Problem, problem } from './problem.ts';
import type { Permission, RegistrationRecord } from './registration.ts';

/**
 * What the agent's forms state of relaying this command or tool: those of the node and the agent's own. One that denies
 * it is enough.
 */
export function statedRelay(facts: Facts, node: string): Permission | null {
  const own = facts.commands.find((command) => command.node === node)?.listing;
  const published = [...facts.listings, ...facts.published]
    .map(({ listing }) => listing)
    .filter((form) => form.command === node);
  const forms = [...(own ? [own] : []), ...published, ...agentFormsOf(facts)];
  const said = forms.map((form) => form.relay).filter((relay) => relay !== null);
  return said.includes('deny') ? 'deny' : (said[0] ?? null);
}

/**
 * Null where the agent permits it: it states `relay=allow`, or it registered. A denial holds over both, wherever it is
 * said: in a form, or by registering.
 */
export function relayProblem(
  provider: string,
  stated: Permission | null,
  registration: Pick<RegistrationRecord, 'state' | 'relay'> | null,
): Problem | null {
  const isRegistered = registration?.state === 'live';
  const isDenied = stated === 'deny' || (isRegistered && registration.relay === 'deny');
  if (!isDenied && (stated === 'allow' || isRegistered)) return null;
  const why = isDenied ? 'states relay=deny' : 'has not registered';
  return problem(
    'relay-not-allowed',
    `${provider} ${why}; expected a listing whose agent lets the directory call it.`,
  );
}

/**
 * Null where the listing is one that the directory calls at all.
 * @param directory the directory's own address; null where nobody knows it yet
 */
export function callProblem(listing: Listing, client: string, directory: string | null): Problem | null {
  const { call, provider } = listing;
  const refuse = (why: string, expected: string) =>
    problem('not-callable', `The directory does not call this listing: ${why}; expected ${expected}.`);
  if (call?.protocol !== 'xmpp-command' && call?.protocol !== 'agent-task') {
    const how = call ? `it is called by ${call.protocol}` : 'it states no call';
    return refuse(how, 'one whose call.protocol is xmpp-command or agent-task');
  }
  if (isDirectorys(provider.jid, directory)) return refuse("it is the directory's own", "somebody else's");
  if (call.node === null || isNoOffer(call.node)) return refuse('its node is administrative', 'another');
  if (provider.jid === client) return refuse('it is your own', "somebody else's");
  return null;
}

/** True for the directory itself and its server. */
export function isDirectorys(provider: string, directory: string | null): boolean {
  const domain = directory === null ? '' : parseJid(directory).domain;
  // A component's server is of a domain that it belongs to.
  return [directory, domain].includes(provider) || domain.endsWith(`.${provider}`);
}
