/**
 * XEP-0094: Agent Information (0.3), obsolete: how entities were found before service discovery, and what some old
 * components still answer.
 * https://xmpp.org/extensions/xep-0094.html
 */

import { formatJid, tryJid } from './jid.ts';
import { NS_AGENTS } from './namespaces.ts';
import { cleanLine, cleanText } from './text.ts';
import { boundedChildren, type Element, expectElement, xml } from './xml.ts';

export type ListedAgent = {
  jid: string;
  name: string | null;
  description: string | null;
  /** The type of gateway, conference or directory; never standardised. */
  service: string | null;
  flags: AgentFlag[];
};

/** What an agent is (`transport`: a gateway, `groupchat`: chat rooms) or supports. */
export const agentFlags = ['transport', 'groupchat', 'register', 'search'] as const;
export type AgentFlag = (typeof agentFlags)[number];

export const agentsLimits = {
  agentsMax: 1000,
  lineCharsMax: 200,
  descriptionCharsMax: 1000,
} as const;

export function agentsQuery(): Element {
  return xml('query', { xmlns: NS_AGENTS });
}

/**
 * Reads a list of agents; those whose address is none are left out.
 * @throws {ParseError} where the element is no such list or exceeds `agentsLimits.agentsMax`.
 */
export function readAgents(element: Element): ListedAgent[] {
  expectElement(element, 'query', NS_AGENTS);
  return boundedChildren(element, 'agent', NS_AGENTS, agentsLimits.agentsMax)
    .map(readAgent)
    .filter((agent) => agent !== null);
}

export function writeAgents(agents: ListedAgent[]): Element {
  return xml(
    'query',
    { xmlns: NS_AGENTS },
    agents.map((agent) =>
      xml(
        'agent',
        { jid: agent.jid },
        agent.name && xml('name', {}, agent.name),
        agent.description && xml('description', {}, agent.description),
        agent.service && xml('service', {}, agent.service),
        agent.flags.map((flag) => xml(flag)),
      ),
    ),
  );
}

function readAgent(element: Element): ListedAgent | null {
  const jid = tryJid(element.attrs.jid);
  if (!jid) return null;
  const said = (name: string) => element.getChildText(name, NS_AGENTS) ?? '';
  return {
    jid: formatJid(jid),
    name: cleanLine(said('name'), agentsLimits.lineCharsMax) || null,
    description: cleanText(said('description'), agentsLimits.descriptionCharsMax) || null,
    service: cleanLine(said('service'), agentsLimits.lineCharsMax) || null,
    flags: agentFlags.filter((flag) => element.getChild(flag, NS_AGENTS)),
  };
}
