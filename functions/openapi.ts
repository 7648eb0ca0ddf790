/** The parts of the OpenAPI document that every route shares. */

import type { OpenAPIHono, z } from '@hono/zod-openapi';
import { type ProblemCode, problems } from '../market/problem.ts';
import type { Env } from './env.ts';
import { problemExample } from './problem-examples.ts';
import { ProblemSchema } from './schemas.ts';

export const openApiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'Guildhall',
    version: '1',
    summary: 'A directory of what agents on the XMPP network can do.',
    description:
      'A directory of what agents on the XMPP network can do, down to the typed fields of their forms.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  tags: [
    { name: 'Listings', description: 'What agents offer: searching, matching, one listing whole.' },
    { name: 'Agents', description: 'Who offers it, and having an agent crawled.' },
    { name: 'Overview', description: 'Counts, completions and figures.' },
    { name: 'Changes', description: 'What changed, for mirrors: the feed, and the same as events.' },
    { name: 'Trade', description: 'Being known, and having agents called.' },
    { name: 'ARD', description: 'The same directory as a registry of Agentic Resource Discovery, v0.9.' },
    { name: 'Documents', description: 'What the directory says of itself.' },
    { name: 'Health', description: 'Whether it runs.' },
  ],
  // Most of it asks nobody who calls; what does says so itself.
  security: [],
};

const headers = {
  'X-Request-Id': {
    description: 'Finds the request in the log of the directory. One that the caller sends is kept.',
    schema: { type: 'string', maxLength: 64 },
    example: '7f1c2f0e',
  },
  ETag: {
    description: 'A strong validator: `If-None-Match` with it answers 304 while the answer stays the same.',
    schema: { type: 'string' },
    example: '"k3v5q2m7c4x6n2p3"',
  },
  Link: {
    description: 'The address of the next page, `rel="next"`; absent on the last.',
    schema: { type: 'string' },
    example: '<https://guildhall.example/v1/listings?q=convert&cursor=WyJ4Il0>; rel="next"',
  },
  'Retry-After': {
    description: 'After how many seconds to try again.',
    schema: { type: 'integer', minimum: 0 },
    example: 120,
  },
  'RateLimit-Policy': {
    description: 'How much is taken of one client in which time, where that is counted.',
    schema: { type: 'string' },
    example: '"reads";q=600;w=60',
  },
} as const;

type HeaderName = keyof typeof headers;

/** Puts the headers and the examples of problems where every route can refer to them. */
export function describeShared({ openAPIRegistry }: OpenAPIHono<Env>): void {
  for (const [name, header] of Object.entries(headers)) {
    openAPIRegistry.registerComponent('headers', name, header);
  }
  openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description:
      "A token that the directory's command `token` issues over XMPP, or a challenge confirmed there.",
  });
  for (const code of Object.keys(problems) as ProblemCode[]) {
    const example = { summary: problems[code].title, value: problemExample(code) };
    openAPIRegistry.registerComponent('examples', code, example);
  }
}

/** Makes the document of an app for the origin where it is served; the last one is kept, since making it takes long. */
export function createDocument(app: OpenAPIHono<Env>) {
  let made: { origin: string; document: ReturnType<typeof documentOf> } | null = null;
  return (origin: string) => {
    if (made?.origin !== origin) made = { origin, document: documentOf(app, origin) };
    return made.document;
  };
}

function documentOf(app: OpenAPIHono<Env>, origin: string) {
  const { info, ...rest } = openApiInfo;
  const document = app.getOpenAPI31Document({
    ...rest,
    info: { ...info, contact: { name: 'The operator of this directory', url: origin } },
    servers: [{ url: origin, description: 'This directory.' }],
  });
  const paths = JSON.stringify(document.paths);
  // Some problems are of no route: what lies outside all of them, or is said over XMPP alone.
  const examples = Object.entries(document.components?.examples ?? {}).filter(([code]) =>
    paths.includes(`"#/components/examples/${code}"`),
  );
  return { ...document, components: { ...document.components, examples: Object.fromEntries(examples) } };
}

/** What any route may refuse, whatever it is asked. */
export const anywhere = ['uri-too-long', 'internal'] as const satisfies ProblemCode[];
/** What a route may refuse besides that asks the database. */
export const asking = ['too-many-requests', 'query-too-slow'] as const satisfies ProblemCode[];

export type Anywhere = (typeof anywhere)[number];
export type Asking = (typeof asking)[number];
export type StatusOf<Code extends ProblemCode> = (typeof problems)[Code]['status'];
export type HeaderRefs = { [name: string]: { $ref: string } };

type ProblemAnswer = {
  description: string;
  headers: HeaderRefs;
  content: {
    'application/problem+json': {
      schema: typeof ProblemSchema;
      examples: { [code: string]: { $ref: string } };
    };
  };
};

export type Found<Schema extends z.ZodType> = {
  description: string;
  headers: HeaderRefs;
  content: { 'application/json': { schema: Schema } };
};

type Refusals<Code extends ProblemCode> = {
  [Each in Code | Anywhere as StatusOf<Each>]: ProblemAnswer;
};

/** The successful answer, and one for each status of what a route refuses that asks the database. */
export function answers<Schema extends z.ZodType, Code extends ProblemCode>(
  schema: Schema,
  description: string,
  ...codes: Code[]
): Refusals<Code | Asking> & { 200: Found<Schema> } {
  return { ...refusals(...codes), 200: found(schema, description) };
}

/** Those of a read, which a client may keep and have validated. */
export function reads<Schema extends z.ZodType, Code extends ProblemCode>(
  schema: Schema,
  description: string,
  ...codes: Code[]
): Refusals<Code | Asking> & { 200: Found<Schema>; 304: typeof unchanged } {
  return { ...refusals(...codes), 200: found(schema, description, 'ETag'), 304: unchanged };
}

/** Those of a read that goes on from page to page. */
export function pages<Schema extends z.ZodType, Code extends ProblemCode>(
  schema: Schema,
  description: string,
  ...codes: Code[]
): Refusals<Code | Asking> & { 200: Found<Schema>; 304: typeof unchanged } {
  return { ...reads(schema, description, ...codes), 200: found(schema, description, 'ETag', 'Link') };
}

export function found<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  ...names: HeaderName[]
): Found<Schema> {
  return { description, headers: headed(...names), content: { 'application/json': { schema } } };
}

/** References to headers; every answer has the request's id. */
export function headed(...names: HeaderName[]): HeaderRefs {
  return Object.fromEntries(
    [...names, 'X-Request-Id'].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
}

/** The headers of a refusal with this status. */
export function refusalHeaders(status: number): HeaderRefs {
  if (status === 429) return headed('Retry-After', 'RateLimit-Policy');
  return status === 503 ? headed('Retry-After') : headed();
}

export const unchanged = {
  description: 'What `If-None-Match` names is still the answer.',
  headers: headed('ETag'),
};

/** One answer for each status of what a route refuses that asks the database. */
export function refusals<Code extends ProblemCode>(...codes: Code[]): Refusals<Code | Asking> {
  return refusalsOf<Code | Asking>(...codes, ...asking);
}

/** One answer for each status that the named problems have, and those that any route may have. */
export function refusalsOf<Code extends ProblemCode>(...codes: Code[]): Refusals<Code> {
  const byStatus = codesByStatus(codes).map(([status, same]): [number, ProblemAnswer] => {
    const examples = same.map((code) => [code, { $ref: `#/components/examples/${code}` }] as const);
    const content = { schema: ProblemSchema, examples: Object.fromEntries(examples) };
    const description = `${same.map((code) => `\`${code}\`: ${problems[code].title}`).join('. ')}.`;
    return [
      status,
      { description, headers: refusalHeaders(status), content: { 'application/problem+json': content } },
    ];
  });
  return Object.fromEntries(byStatus) as Refusals<Code>;
}

/** The problems, and those that any route may have, by their statuses. */
export function codesByStatus(codes: ProblemCode[]): [number, ProblemCode[]][] {
  const all = new Set<ProblemCode>([...codes, ...anywhere]);
  return [...Map.groupBy(all, (code) => problems[code].status)];
}

/** A body of JSON that has to be there. */
export function jsonBody<Schema extends z.ZodType>(
  schema: Schema,
): { required: true; content: { 'application/json': { schema: Schema } } } {
  return { required: true, content: { 'application/json': { schema } } };
}
