/** Gathers constraints on entries into a query of the directory, and all that is wrong with them. */

import type { Pointer } from '../problem.ts';
import { type Qualifier, type Query, queryLimits, type Term } from '../query/ast.ts';
import { isRefused, readValue } from '../query/codecs.ts';
import { expectation, Filters } from '../query/filters.ts';
import { expectedPaths, fieldAt, paths } from './fields.ts';
import { type Mark, marked } from './marks.ts';
import { type EntryType, entryTypes, LISTING_TYPE, typeNamed } from './media-types.ts';

/** What is asked of the catalogue: listings by a query, and of their entries those of some types. */
export type CatalogQuery = {
  query: Query;
  /** Where it is empty, no entry can match. */
  types: EntryType[];
};

export class Narrowing {
  readonly errors: Pointer[] = [];
  readonly #pointer: (path: string) => string;
  readonly #filters: Filters;
  /** The path by which each qualifier was asked for. */
  readonly #written = new Map<string, string>();
  readonly #marks: Qualifier[] = [];
  #types: EntryType[] = [...entryTypes];

  /** @param pointer where the constraint on a path stands, to point at what is wrong with it */
  constructor(pointer: (path: string) => string) {
    this.#pointer = pointer;
    this.#filters = new Filters({ q: '', qualifier: (name) => pointer(this.#written.get(name) ?? name) });
  }

  /** One of the values must stand at the path. */
  add(path: string, values: string[]): void {
    const field = fieldAt(path);
    const { valuesMax } = queryLimits;
    if (field === null) this.refuse(path, `no path of a filter; ${expectedPaths(path, paths)}`);
    else if (values.length > valuesMax)
      this.refuse(path, `more than ${valuesMax} values; expected at most that many`);
    else if (field.of === 'publisher') this.#addPublishers(path, values);
    else if (field.of === 'type') {
      const named = values.map(typeNamed);
      this.#types = this.#types.filter((type) => named.includes(type));
    } else {
      this.#written.set(field.name, path);
      this.#filters.addQualifier(field.name, values);
    }
  }

  /** One of the names, whatever its case. */
  addNames(names: string[]): void {
    this.#addMarks(names.map((name) => ({ of: 'name', name })));
  }

  refuse(path: string, detail: string): void {
    this.errors.push({ pointer: this.#pointer(path), detail });
  }

  /** Null where there are errors. */
  finish(terms: Term[]): CatalogQuery | null {
    const query = this.#filters.finish();
    this.errors.push(...this.#filters.errors);
    if (query === null || this.errors.length > 0) return null;
    const cards = this.#types.filter((type) => type !== LISTING_TYPE);
    // Every listing is an entry itself; only some have a card.
    if (cards.length === this.#types.length && cards.length > 0)
      this.#addMarks(cards.map((type) => ({ of: 'card', type })));
    return { query: { terms, qualifiers: [...query.qualifiers, ...this.#marks] }, types: this.#types };
  }

  #addPublishers(path: string, values: string[]): void {
    const marks: Mark[] = [];
    for (const value of values) {
      const domain = readValue('domain', value);
      if (isRefused(domain)) this.refuse(path, `expected ${expectation('domain')}, ${domain.refused}`);
      else marks.push({ of: 'publisher', domain });
    }
    this.#addMarks(marks);
  }

  #addMarks(marks: Mark[]): void {
    this.#marks.push(marked(marks));
  }
}
