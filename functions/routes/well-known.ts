/** Where others look first: what the directory says of itself as a registry (ARD v0.9 §6.1), and `robots.txt`. */

import { createRoute, z } from '@hono/zod-openapi';
import { publisherOf } from '../../market/ard/entry.ts';
import { REGISTRY_TYPE } from '../../market/ard/media-types.ts';
import { addressOf } from '../address.ts';
import { CatalogSchema, RegistryEntrySchema } from '../ard-schemas.ts';
import { createRouter } from '../context.ts';
import { found, headed, refusalsOf, unchanged } from '../openapi.ts';
import { baseOf } from './ard.ts';

const catalogPath = '/.well-known/ai-catalog.json';

const catalogRoute = createRoute({
  method: 'get',
  path: catalogPath,
  operationId: 'showCatalog',
  tags: ['Documents'],
  summary: 'The catalogue of this origin: the registry itself',
  description: 'Where a client of ARD starts that knows the origin alone.',
  responses: {
    ...refusalsOf('too-many-requests'),
    200: found(CatalogSchema, 'The catalogue. What is listed stands in the registry.', 'ETag'),
    304: unchanged,
  },
});

const registryRoute = createRoute({
  method: 'get',
  path: '/.well-known/ard.json',
  operationId: 'showRegistry',
  tags: ['Documents'],
  summary: 'The entry of this registry',
  description: 'The one entry of the catalogue by itself.',
  responses: {
    ...refusalsOf('too-many-requests'),
    200: found(RegistryEntrySchema, 'The entry.', 'ETag'),
    304: unchanged,
  },
});

const robotsRoute = createRoute({
  method: 'get',
  path: '/robots.txt',
  operationId: 'showRobots',
  tags: ['Documents'],
  summary: 'What crawlers may read, and where the catalogue is',
  description: 'Everything may be read.',
  responses: {
    ...refusalsOf('too-many-requests'),
    304: unchanged,
    200: {
      description: 'The rules.',
      headers: headed('ETag'),
      content: { 'text/plain': { schema: z.string(), example: robots('https://guildhall.example') } },
    },
  },
});

export const wellKnown = createRouter()
  .openapi(catalogRoute, (context) => {
    const { origin, hostname } = addressOf(context);
    const host = {
      displayName: 'Guildhall',
      identifier: publisherHere(hostname),
      documentationUrl: `${origin}/docs`,
    };
    const entries = [registryEntry(origin, hostname)];
    return context.json({ specVersion: '1.0' as const, host, entries }, 200);
  })
  .openapi(registryRoute, (context) => {
    const { origin, hostname } = addressOf(context);
    return context.json(registryEntry(origin, hostname), 200);
  })
  .openapi(robotsRoute, (context) => context.text(robots(addressOf(context).origin), 200));

function robots(origin: string): string {
  return `User-agent: *\nDisallow:\n\nAgentmap: ${origin}${catalogPath}\n`;
}

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
