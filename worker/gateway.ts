/** The endpoints that an XMPP Agent Gateway lists (ProtoXEP 0.0.5). */

import { NS_AGENT_DIRECTORY } from '../protocol/dialects/agent-gateway/namespaces.ts';
import type { DiscoInfo, DiscoItem } from '../protocol/disco.ts';
import { tryJid } from '../protocol/jid.ts';
import type { Asker } from './ask.ts';
import { bounded } from './gateway-faults.ts';
import { readItemPages } from './item-pages.ts';

export type GatewayLook = {
  /** The endpoints' bare JIDs, each once, in the order of their octets. */
  endpoints: string[];
  complete: boolean;
  faults: string[];
};

/** The feature decides, not the identity and not the name of the domain ("Finding a Gateway"). */
export function isGateway(info: DiscoInfo): boolean {
  return info.features.includes(NS_AGENT_DIRECTORY);
}

/** The endpoints that a gateway lists for us. Where they live is for the caller's policy: a gateway may name anyone. */
export async function listEndpoints(asker: Asker, gateway: string): Promise<GatewayLook> {
  const { items, complete, refused, faults } = await readItemPages(asker, gateway, NS_AGENT_DIRECTORY);
  const isBare = (item: DiscoItem) => item.node === null && tryJid(item.jid)?.resource === '';
  const strange = items.filter((item) => !isBare(item)).map((item) => item.jid);
  const endpoints = items.filter(isBare).map((item) => item.jid);
  return {
    endpoints: [...new Set(endpoints)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    complete,
    faults: bounded([
      ...(refused ? [`the list of endpoints (node ${NS_AGENT_DIRECTORY}) is refused: ${refused}`] : []),
      ...faults.map((fault) => `the list of endpoints: ${fault}`),
      ...strange.map((jid) => `the list of endpoints: ${jid} has a node or a resource`),
    ]),
  };
}
