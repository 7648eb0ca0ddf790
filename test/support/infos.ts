import { type DiscoInfo, writeInfo } from '../../protocol/disco.ts';
import { NS_COMMANDS } from '../../protocol/namespaces.ts';
import type { Element } from '../../protocol/xml.ts';

/** The disco#info of an entity that is one thing. */
export function infoOf(category: string, type: string, more: Partial<DiscoInfo> = {}): Element {
  return writeInfo({
    node: null,
    identities: [{ category, type, name: null, lang: null }],
    features: [],
    forms: [],
    ...more,
  });
}

/** The disco#info of an agent that states these forms. */
export function agentInfo(...forms: DiscoInfo['forms']): Element {
  return infoOf('automation', 'agent', { features: [NS_COMMANDS], forms });
}

/** The disco#info of a component whose items are agents. */
export function directoryInfo(): Element {
  return infoOf('directory', 'agents');
}
