/** What the directory says in a chat: short lines, each with what can be done next. */

import type { ListingRecord } from '../../market/listing.ts';
import { inputLine } from '../../market/listing-form.ts';
import type { Problem } from '../../market/problem.ts';
import type { Matched } from '../../operations/match.ts';
import type { Note } from '../../protocol/commands.ts';
import { xmppUri } from '../../protocol/xmpp-uri.ts';
import { specialistItem } from '../listing-item.ts';
import { priceText } from '../search-table.ts';
import { plain, strong } from './styling.ts';

/** Every reply begins with it, so that no directory answers another's replies, or its own as they come back. */
export const ownMark = '[Guildhall]';

export const wordsLimits = {
  nameCharsMax: 80,
  lineCharsMax: 300,
  descriptionCharsMax: 600,
  /** An address longer than this is named by its listing's id. */
  addressCharsMax: 1_000,
  inputsMax: 8,
  inputCharsMax: 60,
} as const;

export const help = [
  'a directory of agents and what they offer. Write:',
  'find WORDS: a search, as in find translate lang:de; words alone will do',
  'more: the next results',
  'show N: all of one result; or show ID',
  'match NAME=VALUE, NAME=VALUE: what could be called with these values',
  'status: what is listed',
  'Qualifiers of a search are such as tag:finance, lang:de, input:amount, kind:command, online:true.',
].join('\n');

/** A result of a search, numbered as `show` takes it. */
export function resultLines(at: number, record: ListingRecord): string[] {
  const { nameCharsMax, lineCharsMax } = wordsLimits;
  const { listing } = record;
  const price = plain(priceText(listing.price), lineCharsMax);
  const takes = inputsText(listing.inputs);
  return [
    `${at}. ${strong(listing.name, nameCharsMax)}${price && ` (${price})`}`,
    `   ${addressOf(record)}`,
    ...(takes ? [`   ${takes}`] : []),
  ];
}

export function matchLines(at: number, { record, mapping, missing }: Matched): string[] {
  const { lineCharsMax } = wordsLimits;
  const filled = Object.entries(mapping).map(([name, input]) =>
    name === input ? name : `${name} as ${input}`,
  );
  const [first, ...rest] = resultLines(at, record);
  const lacks = missing.length > 0 ? `; lacks ${missing.join(', ')}` : '';
  return [first ?? '', ...rest.slice(0, 1), `   ${plain(`with ${filled.join(', ')}${lacks}`, lineCharsMax)}`];
}

/** All of a listing that a person reads. */
export function listingLines(record: ListingRecord): string[] {
  const { nameCharsMax, lineCharsMax, descriptionCharsMax } = wordsLimits;
  const { listing, status } = record;
  const { description, price, category, tags, lang, terms, inputs } = listing;
  const line = (label: string, text: string) => (text ? [`${label}: ${plain(text, lineCharsMax)}`] : []);
  const online = status.online === null ? '' : status.online ? 'yes' : 'no';
  return [
    strong(listing.name, nameCharsMax),
    ...(description && description !== listing.name ? [plain(description, descriptionCharsMax)] : []),
    `address: ${addressOf(record)}`,
    ...line('offered by', listing.provider.jid),
    ...line('kind', listing.kind),
    ...line('price', priceText(price)),
    ...inputs.slice(0, wordsLimits.inputsMax).flatMap((input) => line('takes', inputLine(input))),
    ...rest('inputs', inputs.length),
    ...line('category', category ?? ''),
    ...line('tags', tags.join(', ')),
    ...line('languages', lang.join(', ')),
    ...line('terms', terms ?? ''),
    ...line('online', online),
    ...(status.stale ? ['not verified for a day'] : []),
    ...line('id', listing.id),
  ];
}

export function noteLines(notes: Note[]): string[] {
  return notes.map(({ text }) => plain(text, wordsLimits.lineCharsMax));
}

/** A refusal in words: what is wrong, and what was expected. */
export function problemText({ detail, errors }: Problem): string {
  const named = errors.map((error) => error.detail);
  return plain((named.length > 0 ? named : [detail]).join(' '), wordsLimits.descriptionCharsMax);
}

/** Where to ask next: an address that a client opens. */
function addressOf(record: ListingRecord): string {
  const { call } = record.listing;
  const { jid, node } = specialistItem(record);
  const address = call?.url ?? xmppUri(jid, call?.protocol === 'xmpp-command' ? node : null);
  return address.length <= wordsLimits.addressCharsMax ? address : plain(record.listing.provider.jid, 300);
}

function inputsText(inputs: ListingRecord['listing']['inputs']): string {
  const { inputsMax, inputCharsMax } = wordsLimits;
  const shown = inputs.slice(0, inputsMax);
  const named = (required: boolean) =>
    shown.filter((input) => input.required === required).map(({ name }) => plain(name, inputCharsMax));
  const [needs, may] = [named(true), named(false)];
  return [
    ...(needs.length > 0 ? [`takes ${needs.join(', ')}`] : []),
    ...(may.length > 0 ? [`may take ${may.join(', ')}`] : []),
    ...rest('inputs', inputs.length),
  ].join('; ');
}

function rest(what: string, count: number): string[] {
  const further = count - wordsLimits.inputsMax;
  return further > 0 ? [`and ${further} further ${what}`] : [];
}
