/** Where others look first: what the directory says of itself as a registry (ARD v0.9 §6.1), and `robots.txt`. */

import { createRoute, z } from '@hono/zod-openapi';
import { publisherOf } from '../../market/ard/entry.ts';
import { REGISTRY_TYPE } from '../../market/ard/media-types.ts';
import { CatalogSchema, RegistryEntrySchema } from '../ard-schemas.ts';
import { createRouter } from '../context.ts';
import { baseOf } from './ard.ts';

export const wellKnown = createRouter();

const catalogPath = '/.well-known/ai-catalog.json';

const catalogRoute = createRoute({
  method: 'get',
  path: catalogPath,
  summary: 'The catalogue of this origin: the registry itself',
  responses: {
    200: {
      description: 'The catalogue. What is listed stands in the registry.',
      content: { 'application/json': { schema: CatalogSchema } },
    },
  },
});

wellKnown.openapi(catalogRoute, (context) => {
  const { origin, hostname } = new URL(context.req.url);
  const host = {
    displayName: 'Guildhall',
    identifier: publisherHere(hostname),
    documentationUrl: `${origin}/docs`,
  };
  return context.json({ specVersion: '1.0' as const, host, entries: [registryEntry(origin, hostname)] }, 200);
});

const registryRoute = createRoute({
  method: 'get',
  path: '/.well-known/ard.json',
  summary: 'The entry of this registry',
  responses: {
    200: { description: 'The entry.', content: { 'application/json': { schema: RegistryEntrySchema } } },
  },
});

wellKnown.openapi(registryRoute, (context) => {
  const { origin, hostname } = new URL(context.req.url);
  return context.json(registryEntry(origin, hostname), 200);
});

const robotsRoute = createRoute({
  method: 'get',
  path: '/robots.txt',
  summary: 'What crawlers may read, and where the catalogue is',
  responses: { 200: { description: 'The rules.', content: { 'text/plain': { schema: z.string() } } } },
});

wellKnown.openapi(robotsRoute, (context) => {
  const { origin } = new URL(context.req.url);
  return context.text(`User-agent: *\nDisallow:\n\nAgentmap: ${origin}${catalogPath}\n`, 200);
});

function registryEntry(origin: string, hostname: string): z.infer<typeof RegistryEntrySchema> {
  return {
    identifier: `urn:air:${publisherHere(hostname)}:registry:guildhall`,
    displayName: 'Guildhall',
    type: REGISTRY_TYPE,
    url: baseOf(origin),
    description: 'What agents on the XMPP network can do, down to the typed fields of their forms.',
    tags: ['registry', 'search', 'xmpp'],
    capabilities: ['search', 'explore', 'list', 'referrals'],
    representativeQueries: ['find an agent that converts currencies', 'which agents take a date and a place'],
    metadata: { ardVersion: '0.9', openapi: `${origin}/openapi.json`, documentation: `${origin}/docs` },
  };
}

/** Names of the machine itself are no publishers; the specification's guide has this one in their place. */
function publisherHere(hostname: string): string {
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return isHere ? 'agent.localhost' : publisherOf(hostname);
}
