import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'vitest';
import { parse } from 'yaml';

const folder = new URL('../fixtures/ard-spec/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');

const catalogSchema = JSON.parse(read('ai-catalog.schema.json'));
const catalogId: string = catalogSchema.$id;
/** Beside the catalogue's schema, to which it refers by a relative address. */
const apiId = new URL('ard.openapi.yaml', catalogId).href;

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(catalogSchema);
ajv.addSchema(parse(read('ard.openapi.yaml')), apiId);

const refs = {
  Catalog: catalogId,
  CatalogEntry: `${catalogId}#/$defs/catalogEntry`,
  SearchRequest: `${apiId}#/components/schemas/SearchRequest`,
  SearchResponse: `${apiId}#/components/schemas/SearchResponse`,
  ExploreRequest: `${apiId}#/components/schemas/ExploreRequest`,
  ExploreResponse: `${apiId}#/components/schemas/ExploreResponse`,
  ListResponse: `${apiId}#/components/schemas/ListResponse`,
  Error: `${apiId}#/components/schemas/Error`,
} as const;

export type ArdShape = keyof typeof refs;

/** What the specification's schema has against the value. */
export function faultsOf(shape: ArdShape, value: unknown): string[] {
  const validate = ajv.getSchema(refs[shape]);
  if (!validate) throw new Error(`no schema ${shape}`);
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

/** Fails where the value is not of the specification's shape. */
export function expectArd(shape: ArdShape, value: unknown): void {
  expect(faultsOf(shape, value)).toEqual([]);
}
