/** What programs read before they ask: the OpenAPI document, and the same in words for language models. */

import { createRoute, z } from '@hono/zod-openapi';
import { addressOf } from '../address.ts';
import { createRouter } from '../context.ts';
import { llmsText } from '../llms.ts';
import { found, headed, refusalsOf, unchanged } from '../openapi.ts';
import type { OpenApiDocument } from '../openapi-document.ts';

const OpenApiSchema = z
  .object({
    openapi: z.string().describe('The version of the specification.'),
    info: z.record(z.string(), z.unknown()).describe('What is described.'),
    paths: z.record(z.string(), z.unknown()).describe('Every route that programs use.'),
    components: z.record(z.string(), z.unknown()).describe('What the routes share.'),
  })
  .loose()
  .openapi('OpenApi', {
    description: 'An OpenAPI 3.1 document.',
    example: { openapi: '3.1.0', info: { title: 'Guildhall', version: '1' }, paths: {}, components: {} },
  });

const openApiRoute = createRoute({
  method: 'get',
  path: '/openapi.json',
  operationId: 'showOpenApi',
  tags: ['Documents'],
  summary: 'This document',
  description: 'The contract of every route that programs use, made from the code that answers.',
  responses: {
    ...refusalsOf('too-many-requests'),
    200: found(OpenApiSchema, 'The document.', 'ETag'),
    304: unchanged,
  },
});

const llmsRoute = createRoute({
  method: 'get',
  path: '/llms.txt',
  operationId: 'showLlmsText',
  tags: ['Documents'],
  summary: 'What the directory is and how it is used, for language models',
  description: 'Markdown as llmstxt.org has it.',
  responses: {
    ...refusalsOf('too-many-requests'),
    304: unchanged,
    200: {
      description: 'The text.',
      headers: headed('ETag'),
      content: {
        'text/plain': { schema: z.string(), example: '# Guildhall\n\n> A directory of what agents can do.' },
      },
    },
  },
});

export type DocumentsOptions = {
  /** The document of the whole app, which the app alone can make; for a server at this origin. */
  documentFor: (origin: string) => object;
};

export function createDocuments({ documentFor }: DocumentsOptions) {
  return createRouter()
    .openapi(openApiRoute, (context) => {
      const { origin } = addressOf(context);
      return context.json(documentFor(origin) as z.infer<typeof OpenApiSchema>, 200);
    })
    .openapi(llmsRoute, (context) => {
      const { origin } = addressOf(context);
      return context.text(llmsText(documentFor(origin) as OpenApiDocument, origin), 200);
    });
}
