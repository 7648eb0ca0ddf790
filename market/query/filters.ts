/** What the JSON and the data form of a query share: words in `q`, and each qualifier with its values beside it. */

import type { Pointer } from '../problem.ts';
import { type Qualifier, type QualifierName, type Query, qualifierNames, queryLimits } from './ast.ts';
import { isRefused, qualifierHelp, readValue, writeValues } from './codecs.ts';
import { formatQuery } from './format.ts';
import { type Draft, located, readDraft } from './parse.ts';
import { isFault } from './scan.ts';
import { isConflict, settle } from './settle.ts';

/** Where `q` and the qualifiers stand, to point at what is wrong. */
export type Pointers = { q: string; qualifier: (name: QualifierName, index: number | null) => string };

/** Gathers a query and all that is wrong with it. */
export class Filters {
  readonly errors: Pointer[] = [];
  readonly #draft: Draft = { terms: [], qualifiers: [], places: new Map() };
  readonly #given = new Set<QualifierName>();
  readonly #pointers: Pointers;

  constructor(pointers: Pointers) {
    this.#pointers = pointers;
  }

  addText(text: string): void {
    const draft = readDraft(text);
    if (isFault(draft)) {
      this.errors.push({ pointer: this.#pointers.q, detail: located(text, draft) });
      return;
    }
    this.#draft.terms.push(...draft.terms);
    this.#draft.qualifiers.push(...draft.qualifiers);
  }

  addQualifier(name: QualifierName, texts: string[]): void {
    const { valuesMax } = queryLimits;
    this.#given.add(name);
    if (texts.length > valuesMax) {
      const pointer = this.#pointers.qualifier(name, null);
      this.errors.push({ pointer, detail: `more than ${valuesMax} values; expected at most that many` });
      return;
    }
    const values = texts.map((text) => readValue(name, text));
    for (const [index, value] of values.entries()) {
      if (!isRefused(value)) continue;
      const detail = `expected ${expectation(name)}, ${value.refused}`;
      this.errors.push({ pointer: this.#pointers.qualifier(name, index), detail });
    }
    this.#draft.qualifiers.push({ name, excluded: false, values } as Qualifier);
  }

  /** The query; null where there are errors. */
  finish(): Query | null {
    if (this.errors.length > 0) return null;
    const query = settle(this.#draft);
    if (!isConflict(query)) return query;
    const isGiven = query.name !== null && this.#given.has(query.name);
    const pointer = isGiven && query.name ? this.#pointers.qualifier(query.name, null) : this.#pointers.q;
    this.errors.push({ pointer, detail: query.detail });
    return null;
  }
}

/** What a qualifier's value is, with examples as they stand in JSON and forms. */
export function expectation(name: QualifierName): string {
  const { takes, examples } = qualifierHelp(name);
  const written = examples.map((example) => (name === 'online' ? example : JSON.stringify(example)));
  return `${takes}, such as ${written.join(' or ')}`;
}

/** The other way: the first qualifier of each name beside `q`; what is repeated or excluded stays text. */
export function splitQuery(query: Query): { q: string; filters: [QualifierName, string[]][] } {
  const beside = qualifierNames.flatMap((name) => {
    const first = query.qualifiers.find((qualifier) => qualifier.name === name && !qualifier.excluded);
    return first ? [first] : [];
  });
  const rest = query.qualifiers.filter((qualifier) => !beside.includes(qualifier));
  return {
    q: formatQuery({ terms: query.terms, qualifiers: rest }),
    filters: beside.map((qualifier) => [qualifier.name, writeValues(qualifier)]),
  };
}
