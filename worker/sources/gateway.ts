/** XMPP Agent Gateways: the endpoints that a gateway lists, and the tools of an endpoint. */

import { isEndpoint, lookAtEndpoint } from '../endpoint.ts';
import { isGateway, listEndpoints } from '../gateway.ts';
import { nothing, type Source, sourceLimits } from './source.ts';

export const gateway: Source = async (asker, { addresses }) => {
  const [at] = addresses;
  if (!at?.info) return nothing;
  const { address, info } = at;
  const [listed, tools] = await Promise.all([
    isGateway(info) ? listEndpoints(asker, address) : null,
    isEndpoint(info) ? lookAtEndpoint(asker, address, info) : null,
  ]);
  const faults = [...(listed?.faults ?? []), ...(tools?.faults ?? [])].map((what) => ({
    where: address,
    what,
  }));
  return {
    // An entity that is no endpoint has no tools; one whose statements disagree may have some.
    facts: tools === null ? { tools: [] } : tools.complete ? { tools: tools.tools } : {},
    children: listed?.endpoints.slice(0, sourceLimits.childrenMax) ?? [],
    faults,
  };
};
