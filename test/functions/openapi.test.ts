import { describe, expect, test } from 'vitest';
import {
  type Answer,
  examplesOf,
  type Media,
  type Parameter,
  parameterExample,
  routesOf,
  type Schema,
} from '../../functions/openapi-document.ts';
import { problems } from '../../market/problem.ts';
import { app, document, faultsOf } from '../support/openapi.ts';

const routes = routesOf(document);
const nameOfRoute = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

/** What people open in a browser, and what their pages load. */
const pages = [
  'GET /',
  'GET /agents/{jid}',
  'GET /contracts/{id}',
  'GET /docs',
  'GET /listings/{id}',
  'GET /problems',
  'GET /problems/{code}',
  'GET /requests/{id}',
  'GET /static/{file}',
];

const answersOf = routes.flatMap(({ method, path, operation }) =>
  Object.entries(operation.responses ?? {}).map(([status, answer]): [string, string, Answer] => [
    `${method} ${path}`,
    status,
    answer,
  ]),
);

describe('the OpenAPI document', () => {
  test('has every route that is served but the pages, and no other', () => {
    const served = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:([a-z]+)(\{[^}]*\})?/g, '{$1}')}`);
    expect([...new Set(routes.map(nameOfRoute)), ...pages].sort()).toEqual([...new Set(served)].sort());
  });

  test('says of each operation what it is called, what it does, and to what it belongs', () => {
    const tags = document.tags?.map(({ name }) => name) ?? [];
    const bare = routes.filter(({ operation: { operationId, summary, description, tags: own = [] } }) => {
      const isNamed = /^[a-z][A-Za-z]+$/.test(operationId ?? '');
      return !isNamed || !summary || !description || own.length !== 1 || !tags.includes(own[0] ?? '');
    });
    expect(bare.map(nameOfRoute)).toEqual([]);
    expect(new Set(routes.map(({ operation }) => operation.operationId)).size).toBe(routes.length);
  });

  test('names where it is served, whom to write to, and the licence', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { contact: { url: 'https://guildhall.example' }, license: { identifier: 'MIT' } },
      servers: [{ url: 'https://guildhall.example' }],
    });
  });

  test('is made anew for another origin', async () => {
    const elsewhere = await (await app.request('http://127.0.0.1:8420/openapi.json')).json();
    expect(elsewhere).toMatchObject({ servers: [{ url: 'http://127.0.0.1:8420' }] });
    const back = await (await app.request('https://guildhall.example/openapi.json')).json();
    expect(back).toEqual(document);
  });

  test('describes every member of every schema', () => {
    const schemas = Object.entries(document.components?.schemas ?? {});
    expect(schemas.flatMap(([name, schema]) => undescribed(schema, name))).toEqual([]);
  });
});

describe('every parameter', () => {
  const parameters = routes.flatMap((route) =>
    (route.operation.parameters ?? []).map((parameter): [string, Parameter] => [
      `${nameOfRoute(route)}: ${parameter.name}`,
      parameter,
    ]),
  );

  test.each(parameters)('%s has a description, bounds and an example', (_, parameter) => {
    const { schema = {} } = parameter;
    expect(parameter.description).toMatch(/\S/);
    expect(isBounded(schema)).toBe(true);
    const example = parameterExample(parameter);
    expect([typeof example, faultsOf(schema, example)]).toEqual([
      expect.stringMatching(/string|number|boolean/),
      [],
    ]);
  });
});

describe('every body', () => {
  const bodies = routes.flatMap((route) =>
    Object.values(route.operation.requestBody?.content ?? {}).map((media): [string, Media] => [
      nameOfRoute(route),
      media,
    ]),
  );

  test.each(bodies)('of %s has a schema that its examples fit', (_, media) => {
    expectExamples(media);
  });
});

test('no body has a member with a default, which generators take for one that has to be given', () => {
  const texts = routes.map(({ operation }) => JSON.stringify(operation.requestBody ?? {}));
  const names = texts.flatMap((text) => [...text.matchAll(/#\/components\/schemas\/(\w+)/g)]);
  const bodies = names.map(([, name = '']) => JSON.stringify(document.components?.schemas?.[name]));
  expect(bodies.length).toBeGreaterThan(0);
  expect([...texts, ...bodies].filter((text) => text.includes('"default":'))).toEqual([]);
});

describe('every answer', () => {
  test.each(answersOf)('of %s with %s has a schema that its examples fit', (_, status, answer) => {
    expect(answer.description).toMatch(/\S/);
    if (status !== '304') expect(Object.keys(answer.content ?? {})).toHaveLength(1);
    for (const media of Object.values(answer.content ?? {})) expectExamples(media);
  });

  test('has headers that are described', () => {
    const known = document.components?.headers ?? {};
    const bare = answersOf.flatMap(([route, status, { headers = {} }]) =>
      Object.entries(headers)
        .filter(([name, header]) => !('$ref' in header ? known[name] : header)?.description)
        .map(([name]) => `${route} ${status}: ${name}`),
    );
    expect(bare).toEqual([]);
    expect(answersOf.filter(([, , { headers = {} }]) => !headers['X-Request-Id'])).toEqual([]);
    const waits = answersOf.filter(
      ([route, status]) => status === '429' || (status === '503' && route !== 'GET /readyz'),
    );
    expect(waits.filter(([, , { headers = {} }]) => !headers['Retry-After'])).toEqual([]);
  });

  test('that refuses names problems that there are, each with its own status', () => {
    // /readyz says with 503 what is not well, which is no problem of the request.
    const refused = answersOf.filter(([route, status]) => Number(status) >= 400 && route !== 'GET /readyz');
    const wrong = refused.flatMap(([route, status, { content = {} }]) => {
      const codes = Object.values(content).flatMap(({ examples }) => Object.keys(examples ?? {}));
      const named = Object.entries(problems).filter(([code]) => codes.includes(code));
      const fitting = named.filter(([, { status: own }]) => String(own) === status);
      return codes.length > 0 && fitting.length === codes.length ? [] : [`${route} ${status}: ${codes}`];
    });
    expect(wrong).toEqual([]);
  });
});

function expectExamples(media: Media): void {
  const { schema } = media;
  if (!schema) throw new Error('a schema expected');
  const examples = examplesOf(media, document);
  expect(examples.length).toBeGreaterThan(0);
  for (const [name, { value }] of examples) {
    expect([name, faultsOf(schema, value)]).toEqual([name, []]);
  }
}

/** Whether what the schema takes is limited. */
function isBounded({ enum: options, maxLength, minimum, maximum }: Schema): boolean {
  return options !== undefined || maxLength !== undefined || (minimum !== undefined && maximum !== undefined);
}

/** Members without a word about them; a named schema has its own. */
function undescribed(schema: Schema, at: string): string[] {
  const inner = [...(schema.allOf ?? []), ...(schema.items ? [schema.items] : [])];
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => [
    ...(saysWhat(member) ? [] : [`${at}/${name}`]),
    ...undescribed(member, `${at}/${name}`),
  ]);
  return [...own, ...inner.flatMap((part) => undescribed(part, at))];
}

function saysWhat({ description, $ref, allOf = [] }: Schema): boolean {
  return Boolean(description ?? $ref) || allOf.some(saysWhat);
}
