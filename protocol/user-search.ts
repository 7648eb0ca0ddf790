/**
 * XEP-0055: Jabber Search (1.3): both of its kinds, the four old fields and the data form that extends them.
 * https://xmpp.org/extensions/xep-0055.html
 */

import { type Field, type Form, field, form, formValue, readForm, writeForm } from './data-form.ts';
import { formatJid, tryJid } from './jid.ts';
import { NS_DATA, NS_SEARCH } from './namespaces.ts';
import { type RsmResult, writeRsmResult } from './rsm.ts';
import { cleanLine, cleanText } from './text.ts';
import { boundedChildren, type Element, expectElement, xml } from './xml.ts';

/** The fields of the old kind; a service must not add any but in a form. */
export const searchFields = ['first', 'last', 'nick', 'email'] as const;
export type SearchField = (typeof searchFields)[number];

/** How a directory can be searched: by its form where it has one, else by the old fields. */
export type SearchOffer = { instructions: string | null; fields: SearchField[]; form: Form | null };

/** What is looked for, by the fields' names; a search that came as a form wants its answer as one. */
export type Search = { values: ReadonlyMap<string, string>; asForm: boolean };

export type SearchResult = { jid: string; name: string | null };

export const searchLimits = {
  resultsMax: 1000,
  nameCharsMax: 200,
  valueCharsMax: 500,
  instructionsCharsMax: 1000,
} as const;

export function searchQuery(): Element {
  return xml('query', { xmlns: NS_SEARCH });
}

/** @throws {ParseError} where the element is no search, or its form is none. */
export function readSearchOffer(element: Element): SearchOffer {
  expectElement(element, 'query', NS_SEARCH);
  const instructions = element.getChildText('instructions', NS_SEARCH) ?? '';
  return {
    instructions: cleanText(instructions, searchLimits.instructionsCharsMax) || null,
    fields: searchFields.filter((name) => element.getChild(name, NS_SEARCH)),
    form: formIn(element),
  };
}

export function writeSearchOffer(offer: SearchOffer): Element {
  return xml(
    'query',
    { xmlns: NS_SEARCH },
    offer.instructions && xml('instructions', {}, offer.instructions),
    offer.fields.map((name) => xml(name)),
    offer.form && writeForm(offer.form),
  );
}

/** Fills in what the directory offers; what it does not offer is left out. */
export function writeSearch(offer: SearchOffer, values: ReadonlyMap<string, string>): Element {
  if (!offer.form) {
    const known = offer.fields.filter((name) => values.has(name));
    return xml(
      'query',
      { xmlns: NS_SEARCH },
      known.map((name) => xml(name, {}, values.get(name) ?? '')),
    );
  }
  const filled = offer.form.fields.flatMap((offered): Field[] => {
    const wanted = values.get(offered.var ?? '');
    if (offered.var === null) return [];
    if (offered.var === 'FORM_TYPE') return [field('FORM_TYPE', offered.values, 'hidden')];
    return wanted === undefined ? [] : [field(offered.var, wanted, offered.type)];
  });
  return xml('query', { xmlns: NS_SEARCH }, writeForm(form('submit', filled)));
}

/** Reads what somebody looks for, of either kind; empty fields ask for nothing. @throws {ParseError} */
export function readSearch(element: Element): Search {
  const { form: submitted, fields } = readSearchOffer(element);
  const stated: [string | null, string][] = submitted
    ? submitted.fields.map((each) => [each.var, each.values[0] ?? ''])
    : fields.map((name) => [name, element.getChildText(name, NS_SEARCH) ?? '']);
  const values = stated.flatMap(([name, text]): [string, string][] => {
    const value = cleanLine(text, searchLimits.valueCharsMax);
    return name && name !== 'FORM_TYPE' && value ? [[name, value]] : [];
  });
  return { values: new Map(values), asForm: submitted !== null };
}

/**
 * Reads results of either kind; those whose address is none are left out.
 * @throws {ParseError} where the element is no search, or has more than `searchLimits.resultsMax` results.
 */
export function readSearchResults(element: Element): SearchResult[] {
  expectElement(element, 'query', NS_SEARCH);
  const results = formIn(element);
  const rows = results
    ? results.items.map((fields) => formRow(results, fields))
    : boundedChildren(element, 'item', NS_SEARCH, searchLimits.resultsMax).map(oldRow);
  return rows.flatMap(({ address, said }) => {
    const jid = tryJid(address);
    return jid ? [{ jid: formatJid(jid), name: nameIn(said) }] : [];
  });
}

export function writeSearchResults(
  results: SearchResult[],
  asForm: boolean,
  rsm: RsmResult | null = null,
): Element {
  const set = rsm && writeRsmResult(rsm);
  if (!asForm) {
    const items = results.map(({ jid, name }) => xml('item', { jid }, name && xml('nick', {}, name)));
    return xml('query', { xmlns: NS_SEARCH }, items, set);
  }
  const report: Form = {
    ...form('result', [field('FORM_TYPE', NS_SEARCH, 'hidden')]),
    reported: [
      { ...field('jid', [], 'jid-single'), label: 'Address' },
      { ...field('nick', []), label: 'Name' },
    ],
    items: results.map(({ jid, name }) => [field('jid', jid, 'jid-single'), field('nick', name ?? [])]),
  };
  return xml('query', { xmlns: NS_SEARCH }, writeForm(report), set);
}

/** The form that a search came as; null for one by the old fields. @throws {ParseError} */
export function readSearchForm(element: Element): Form | null {
  expectElement(element, 'query', NS_SEARCH);
  return formIn(element);
}

/** Results as a table of the directory's own columns, and which page of them it is (XEP-0059). */
export function writeSearchReport(report: Form, rsm: RsmResult | null): Element {
  const typed = { ...report, fields: [field('FORM_TYPE', NS_SEARCH, 'hidden'), ...report.fields] };
  return xml('query', { xmlns: NS_SEARCH }, writeForm(typed), rsm && writeRsmResult(rsm));
}

function formIn(element: Element): Form | null {
  const x = element.getChild('x', NS_DATA);
  return x ? readForm(x) : null;
}

/** One result: the address, and what is said of it by field. */
type Row = { address: string | null | undefined; said: (name: string) => string };

function oldRow(item: Element): Row {
  return { address: item.attrs.jid, said: (name) => item.getChildText(name, NS_SEARCH) ?? '' };
}

/** The address is the field `jid`; some directories call it otherwise and state its type. */
function formRow(results: Form, fields: Field[]): Row {
  const row = form('result', fields);
  const typed = results.reported.find((column) => column.type === 'jid-single')?.var;
  return {
    address: formValue(row, 'jid') ?? (typed ? formValue(row, typed) : null),
    said: (name) => formValue(row, name) ?? '',
  };
}

/** `fn` and `name` are what directories made of vCards say. */
function nameIn(said: Row['said']): string | null {
  const candidates = [said('fn'), said('nick'), said('name'), `${said('first')} ${said('last')}`];
  return candidates.map((text) => cleanLine(text, searchLimits.nameCharsMax)).find(Boolean) ?? null;
}
