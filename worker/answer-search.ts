/** What the directory answers to `jabber:iq:search` (XEP-0055): how it can be searched, and what it finds. */

import { listingKinds } from '../market/listing.ts';
import { isProblem, type Problem } from '../market/problem.ts';
import type { Query } from '../market/query/ast.ts';
import { parseQueryForm } from '../market/query/form.ts';
import { parseQuery } from '../market/query/parse.ts';
import { sortDefault } from '../market/query/sort.ts';
import type { Deps } from '../operations/deps.ts';
import { pageSizeDefault, type SearchPage } from '../operations/search.ts';
import { type Field, type Form, field, form } from '../protocol/data-form.ts';
import { NS_SEARCH } from '../protocol/namespaces.ts';
import { type RsmQuestion, type RsmResult, readRsmQuestion } from '../protocol/rsm.ts';
import type { StanzaError } from '../protocol/stanza-error.ts';
import {
  readSearch,
  readSearchForm,
  type SearchResult,
  writeSearchOffer,
  writeSearchReport,
  writeSearchResults,
} from '../protocol/user-search.ts';
import type { Element } from '../protocol/xml.ts';
import { ask, textField } from './commands/fields.ts';
import { stanzaErrorOf } from './commands/refusal.ts';
import { searchTable, searchThatFits } from './search-table.ts';

const instructions = 'Fill in what you look for; what you leave empty does not matter.';

/** The form's fields beside the query itself, which are qualifiers of it. */
const qualifiers: Field[] = [
  textField('tag', 'Tag'),
  textField('lang', 'Language, such as de'),
  textField('input', 'Name of an input, such as amount'),
  {
    ...field('kind', [], 'list-single'),
    label: 'Kind',
    options: listingKinds.map((value) => ({ value, label: null })),
  },
];

const offered: Form = ask('Search', instructions, [
  field('FORM_TYPE', NS_SEARCH, 'hidden'),
  textField('query', 'Words, "phrases", -words and qualifiers such as tag:finance'),
  ...qualifiers,
]);

/** Of the old fields one will do: what is written there is the query. */
export function searchOffer(): Element {
  return writeSearchOffer({ instructions, fields: ['nick'], form: offered });
}

/** Leads to the empty page that ends a list. */
const END = 'end';

/**
 * A page of what is found.
 * @throws {ParseError} where the search cannot be read
 */
export async function answerSearch(deps: Deps, element: Element): Promise<Element | StanzaError> {
  const submitted = readSearchForm(element);
  const question = readRsmQuestion(element);
  if (submitted?.type === 'cancel') return writeSearchResults([], false);
  const query = submitted ? formQuery(submitted) : parseQuery(readSearch(element).values.get('nick') ?? '');
  if (isProblem(query)) return stanzaErrorOf(query);
  const found = await pageFor(deps, query, question);
  if ('condition' in found) return found;
  const rsm = question || found.cursor ? rsmOf(found) : null;
  return submitted
    ? writeSearchReport(searchTable(found), rsm)
    : writeSearchResults(providersOf(found), false, rsm);
}

/** Fields that were not offered are ignored, as in every form of the directory. */
function formQuery({ fields }: Form): Query | Problem {
  const known = qualifiers.map(({ var: name }) => name);
  const asked = fields.flatMap((one): Field[] => {
    if (one.var === 'query') return [field('q', one.values)];
    return known.includes(one.var) ? [field(one.var ?? '', one.values)] : [];
  });
  return parseQueryForm(form('submit', asked));
}

async function pageFor(
  deps: Deps,
  query: Query,
  question: RsmQuestion | null,
): Promise<SearchPage | StanzaError> {
  const { from, ...at } = question?.place ?? { from: 'start' };
  if (from !== 'start' && from !== 'after') return forwardsOnly;
  const cursor = 'key' in at ? at.key : null;
  const limit = question?.max ?? pageSizeDefault;
  if (limit === 0 || cursor === END) {
    return {
      items: [],
      cursor: cursor === END ? null : cursor,
      approximate: false,
      mended: null,
      partial: false,
    };
  }
  const page = await searchThatFits(deps, { query, sort: sortDefault, limit, cursor });
  if (!isProblem(page)) return page;
  const isUnknown = page.problem === 'invalid-cursor';
  return isUnknown
    ? { ...stanzaErrorOf(page), type: 'cancel', condition: 'item-not-found' }
    : stanzaErrorOf(page);
}

const forwardsOnly: StanzaError = {
  type: 'cancel',
  condition: 'feature-not-implemented',
  text: 'Results are read forwards, by <after/>.',
};

/** How many there are is not counted. */
function rsmOf({ items, cursor }: SearchPage): RsmResult {
  const first = items[0]?.record.listing.id ?? null;
  return { first, last: first && (cursor ?? END), count: null };
}

/** Each agent once: the old kind of answer is a list of addresses. */
function providersOf({ items }: SearchPage): SearchResult[] {
  const names = new Map(
    items.toReversed().map(({ record: { listing } }) => [listing.provider.jid, listing.name]),
  );
  return [...names].reverse().map(([jid, name]) => ({ jid, name }));
}
