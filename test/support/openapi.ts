import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { nameOf, type OpenApiDocument, type Schema } from '../../functions/openapi-document.ts';
import { testApp } from './app.ts';

/** An app that asks the database nothing: what it says of itself. */
export const app = testApp();

const response = await app.request('https://guildhall.example/openapi.json');
export const document = (await response.json()) as OpenApiDocument & { servers: object[] };

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const validators = new Map<Schema, ReturnType<typeof ajv.compile>>();

/** What a schema of the document has against the value, members that it does not name among it. */
export function faultsOf(schema: Schema, value: unknown): string[] {
  const { components } = document;
  const validate = validators.get(schema) ?? ajv.compile({ ...schema, components });
  validators.set(schema, validate);
  const isValid = validate(value);
  return isValid ? undeclared(schema, value, '') : (validate.errors ?? []).map(fault);
}

function fault({ instancePath, message }: ErrorObject): string {
  return `${instancePath}: ${message}`;
}

/** Where the value has members that the schema names nowhere. */
function undeclared(schema: Schema, value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const parts = partsOf(schema);
  if (Array.isArray(value)) {
    const items = parts.flatMap((part) => part.items ?? []);
    return value.flatMap((item, index) => undeclared({ allOf: items }, item, `${at}/${index}`));
  }
  if (parts.every(({ properties }) => !properties)) {
    const [others] = parts.flatMap(({ additionalProperties }) => additionalProperties ?? []);
    if (typeof others !== 'object') return [];
    return Object.entries(value).flatMap(([name, member]) => undeclared(others, member, `${at}/${name}`));
  }
  const isOpen = parts.some(({ additionalProperties }) => typeof additionalProperties === 'object');
  return Object.entries(value).flatMap(([name, member]) => {
    const known = parts.flatMap(({ properties }) => properties?.[name] ?? []);
    if (known.length > 0) return undeclared({ allOf: known }, member, `${at}/${name}`);
    return isOpen ? [] : [`${at}/${name}: is not in the document`];
  });
}

/** The schema and all that it is made of, references followed. */
function partsOf(schema: Schema): Schema[] {
  const named = schema.$ref && document.components?.schemas?.[nameOf({ $ref: schema.$ref })];
  const more = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [schema, ...(named ? [named] : []).concat(more).flatMap(partsOf)];
}
