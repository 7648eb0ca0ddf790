/**
 * Walks a stranger's JSON Schema without trusting it: local `$ref`s are followed, never in a circle, remote ones are not resolved at all, and one reading has a budget of schemas and of depth.
 */

import { isObject, type Json, type JsonObject } from '../protocol/json.ts';

export const schemaLimits = {
  /** Schemas inside schemas, references among them. */
  depthMax: 16,
  /** Schemas read in all, those that references repeat counted each time. */
  schemasMax: 2_000,
  /** Members of allOf, anyOf, oneOf, prefixItems. */
  membersMax: 50,
} as const;

export type ReadSchema = {
  /** The schema's own keywords. */
  keywords: JsonObject;
  /** What its `$ref` names, which holds beside its own keywords; null without one that may be followed. */
  target: JsonObject | null;
  /** What reads the schemas inside, and the target. */
  inner: SchemaReader;
};

export class SchemaReader {
  #root: JsonObject;
  #budget: { schemas: number };
  /** The schemas that this one is inside of. */
  #trail: readonly JsonObject[];

  constructor(
    root: JsonObject,
    budget = { schemas: schemaLimits.schemasMax as number },
    trail: readonly JsonObject[] = [],
  ) {
    this.#root = root;
    this.#budget = budget;
    this.#trail = trail;
  }

  /** Null where the schema says nothing: a boolean, one inside itself, or beyond what may be read. */
  enter(schema: Json | undefined): ReadSchema | null {
    if (!isObject(schema) || this.#trail.includes(schema)) return null;
    if (this.#trail.length >= schemaLimits.depthMax || --this.#budget.schemas < 0) return null;
    const inner = new SchemaReader(this.#root, this.#budget, [...this.#trail, schema]);
    return { keywords: schema, target: this.#target(schema), inner };
  }

  /** What a schema refers to inside its own document. */
  #target(schema: JsonObject): JsonObject | null {
    const ref = schema.$ref ?? schema.$dynamicRef;
    if (typeof ref !== 'string') return null;
    const id = typeof this.#root.$id === 'string' ? this.#root.$id.replace(/#$/, '') : null;
    const local = id && ref.startsWith(`${id}#`) ? ref.slice(id.length) : ref;
    if (!local.startsWith('#')) return null;
    const fragment = decoded(local.slice(1));
    if (fragment === '') return this.#root;
    return fragment.startsWith('/') ? this.#pointer(fragment) : this.#anchor(fragment);
  }

  /** RFC 6901. */
  #pointer(pointer: string): JsonObject | null {
    let at: Json | undefined = this.#root;
    for (const part of pointer.split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return null;
      at = (at as JsonObject)[name];
    }
    return isObject(at) ? at : null;
  }

  /** Anchors are looked for where schemas keep what others refer to. */
  #anchor(name: string): JsonObject | null {
    const defs = this.#root.$defs;
    const places = [
      this.#root,
      ...(isObject(defs) ? Object.values(defs).slice(0, schemaLimits.schemasMax) : []),
    ];
    const found = places.find(
      (place) => isObject(place) && (place.$anchor === name || place.$dynamicAnchor === name),
    );
    return isObject(found) ? found : null;
  }
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
