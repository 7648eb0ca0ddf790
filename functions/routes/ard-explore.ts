/** Explore of Agentic Resource Discovery (ARD, v0.9 draft, §7.3): counts over what a query finds. */

import { createRoute, z } from '@hono/zod-openapi';
import { publisherOf } from '../../market/ard/entry.ts';
import { expectedPaths } from '../../market/ard/fields.ts';
import { parseCatalogQuery } from '../../market/ard/query.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import { shown } from '../../market/query/clean.ts';
import { type Counted, type CountedField, countEntries } from '../../operations/catalog.ts';
import { ardAnswers, ExploreResponseSchema, FilterSchema, TextSchema } from '../ard-schemas.ts';
import { createRouter } from '../context.ts';
import { jsonBody } from '../openapi.ts';
import { problemResponse } from '../problem-response.ts';

const bucketsDefault = 20;

/** The fields that explore counts, by their paths in an entry. */
const COUNTED: { [path: string]: CountedField } = {
  type: 'type',
  publisher: 'domain',
  tags: 'tag',
  'metadata.kind': 'kind',
  'metadata.category': 'category',
  'metadata.lang': 'lang',
  'metadata.accepts': 'accepts',
};

const FacetSchema = z.strictObject({
  field: z.string().describe('The path of the field.').openapi({ example: 'tags' }),
  limit: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .openapi({ description: `At most so many values; ${bucketsDefault} where it is left out.` }),
  minCount: z
    .int()
    .min(0)
    .optional()
    .openapi({ description: 'Only values that occur so often; 1 where it is left out.' }),
});

const exploreRoute = createRoute({
  method: 'post',
  path: '/ard/explore',
  operationId: 'exploreEntries',
  tags: ['ARD'],
  summary: 'How often values occur among the entries that fit',
  description: 'Without a query, in the whole directory. Fields that can be counted: '.concat(
    Object.keys(COUNTED)
      .map((path) => `\`${path}\``)
      .join(', '),
    '.',
  ),
  request: {
    body: jsonBody(
      z
        .strictObject({
          query: z
            .strictObject({ text: TextSchema.optional(), filter: FilterSchema.optional() })
            .optional()
            .describe('What the entries must fit.'),
          resultType: z
            .strictObject({
              facets: z.array(FacetSchema).min(1).max(20).describe('The fields whose values are counted.'),
            })
            .describe('What is asked for.'),
        })
        .openapi('ExploreRequest', {
          example: {
            query: { filter: { tags: ['currency'] } },
            resultType: { facets: [{ field: 'publisher', limit: 5 }] },
          },
        }),
    ),
  },
  responses: ardAnswers(
    ExploreResponseSchema,
    'The counts.',
    'invalid-body',
    'body-too-large',
    'invalid-query',
  ),
});

export const ardExplore = createRouter().openapi(exploreRoute, async (context) => {
  const { query: asked, resultType } = context.req.valid('json');
  const query = parseCatalogQuery((asked ?? {}) as Parameters<typeof parseCatalogQuery>[0]);
  if (isProblem(query)) return problemResponse(context, query) as never;
  const unknown = resultType.facets.find(({ field }) => !Object.hasOwn(COUNTED, field));
  if (unknown) return problemResponse(context, uncounted(unknown.field)) as never;
  const fields = resultType.facets.map(({ field }) => COUNTED[field] ?? 'type');
  const counted = await countEntries(context.var.deps, query, [...new Set(fields)]);
  const facets = resultType.facets.map(({ field, limit, minCount }, at) => {
    const counts = counted[fields[at] ?? 'type'] ?? { buckets: [], others: 0 };
    return [field, facetJson(field, counts, limit ?? bucketsDefault, minCount ?? 1)];
  });
  return context.json({ resultType: 'facets' as const, facets: Object.fromEntries(facets) }, 200);
});

function facetJson(field: string, { buckets, others }: Counted, limit: number, minCount: number) {
  const named =
    field === 'publisher'
      ? buckets.map((bucket) => ({ ...bucket, value: publisherOf(bucket.value) }))
      : buckets;
  const beyond = named.slice(limit).reduce((sum, { count }) => sum + count, 0);
  const kept = named.slice(0, limit).filter(({ count }) => count >= minCount);
  return { buckets: kept, ...(others !== null && { otherCount: beyond + others }) };
}

function uncounted(path: string): Problem {
  const detail = `is not counted; ${expectedPaths(path, Object.keys(COUNTED))}`;
  return problem('invalid-query', `resultType.facets: '${shown(path)}' ${detail}`, [
    { pointer: '/resultType/facets', detail },
  ]);
}
