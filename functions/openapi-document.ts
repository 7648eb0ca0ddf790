/** An OpenAPI 3.1 document as data: its routes, what it refers to, and how a request of it is written for a shell. */

export type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  items?: Schema;
  properties?: { [name: string]: Schema };
  required?: string[];
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
};

export type Reference = { $ref: string };
export type Example = { summary?: string; value?: unknown };
export type Media = {
  schema?: Schema;
  example?: unknown;
  examples?: { [name: string]: Example | Reference };
};
export type Content = { [mediaType: string]: Media };
export type Header = { description?: string; schema?: Schema; example?: unknown };
export type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
};
export type Answer = {
  description?: string;
  content?: Content;
  headers?: { [name: string]: Header | Reference };
};
export type Operation = {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Content };
  responses?: { [status: string]: Answer };
  security?: { [scheme: string]: string[] }[];
};

/** The parts of a document that are shown. */
export type OpenApiDocument = {
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths?: { [path: string]: { [method: string]: Operation } };
  components?: {
    schemas?: { [name: string]: Schema };
    headers?: { [name: string]: Header };
    examples?: { [name: string]: Example };
  };
};

export type Route = { method: string; path: string; operation: Operation };

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export function routesOf(document: OpenApiDocument): Route[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const operation = operations[method];
      return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );
}

/** The routes by their tags, in the order of the document; those without one come last. */
export function routesByTag(document: OpenApiDocument): { name: string; about: string; routes: Route[] }[] {
  const tags = [...(document.tags ?? []), { name: 'Other' }].map(({ name, description = '' }) => ({
    name,
    about: description,
    routes: [] as Route[],
  }));
  for (const route of routesOf(document)) {
    const group = tags.find(({ name }) => route.operation.tags?.[0] === name) ?? tags.at(-1);
    group?.routes.push(route);
  }
  return tags.filter(({ routes }) => routes.length > 0);
}

/** The place of a route on the reference page. */
export function anchorOf({ method, path }: Route): string {
  return `${method.toLowerCase()}${path.replaceAll(/[^a-z0-9]+/gi, '-')}`.replace(/-$/, '');
}

/** The last part of a reference: the name of what it refers to. */
export function nameOf({ $ref }: Reference): string {
  return $ref.slice($ref.lastIndexOf('/') + 1);
}

/** What such content looks like, by name: its own examples, or that of its schema. */
export function examplesOf(
  { schema, example, examples }: Media,
  { components }: OpenApiDocument,
): [string, Example][] {
  if (examples) {
    return Object.entries(examples).map(([name, one]) => [
      name,
      '$ref' in one ? (components?.examples?.[nameOf(one)] ?? {}) : one,
    ]);
  }
  const value = example ?? (schema && exampleOfSchema(schema, components?.schemas ?? {}));
  return value === undefined ? [] : [['example', { value }]];
}

function exampleOfSchema(schema: Schema, schemas: { [name: string]: Schema }): unknown {
  return schema.$ref ? schemas[nameOf({ $ref: schema.$ref })]?.example : schema.example;
}

export function parameterExample({ example, schema }: Parameter): unknown {
  return example ?? schema?.example;
}

/** The address of a sample request: what it needs, and the first of what it may have. */
export function sampleUrl({ path, operation }: Route, origin: string): string {
  const parameters = operation.parameters ?? [];
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name) => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    const value = encodeURIComponent(String((parameter && parameterExample(parameter)) ?? name));
    // Both may stand in a path as they are (RFC 3986 §3.3), and read better so.
    return value.replaceAll('%3A', ':').replaceAll('%40', '@');
  });
  const query = parameters.filter((one) => one.in === 'query');
  const chosen = query.filter((one, at) => one.required || at === 0);
  const pairs = chosen.flatMap((one) => {
    const value = parameterExample(one);
    return value === undefined
      ? []
      : [`${encodeURIComponent(one.name)}=${encodeURIComponent(String(value))}`];
  });
  return `${origin}${filled}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}

/** The sample request as a command. */
export function sampleCommand(route: Route, origin: string, document: OpenApiDocument): string {
  const [mediaType, media] = Object.entries(route.operation.requestBody?.content ?? {})[0] ?? [];
  const [, example] = (media && examplesOf(media, document)[0]) ?? [];
  const method = media || route.method === 'GET' ? [] : ['-X', route.method];
  const body = example
    ? ['-H', shellWord(`content-type: ${mediaType}`), '-d', shellWord(JSON.stringify(example.value))]
    : [];
  const token = route.operation.security?.length ? ['-H', '"authorization: Bearer $TOKEN"'] : [];
  return ['curl', ...method, ...token, shellWord(sampleUrl(route, origin)), ...body].join(' ');
}

/** One word of a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
