/**
 * A listing as the directory shows it over XMPP: the form by which agents state one (protocol/dialects/listing-form),
 * with what the directory knows besides.
 */

import { type Field, type Form, field } from '../protocol/data-form.ts';
import { writeListingForm } from '../protocol/dialects/listing-form.ts';
import { xmlSafe } from '../protocol/text.ts';
import type { Input, ListingRecord } from './listing.ts';

export const shownFormLimits = {
  /** A longer description is cut: a stanza must stay below what servers take. */
  descriptionCharsMax: 4_000,
  inputsMax: 100,
  /** A longer JSON Schema is left out; the listing over HTTP has it. */
  schemaCharsMax: 16_000,
} as const;

export function shownForm({ listing, status, rating, updated }: ListingRecord): Form {
  const { descriptionCharsMax, inputsMax, schemaCharsMax } = shownFormLimits;
  const { call, price, location, inputs } = listing;
  const stated = writeListingForm({
    name: listing.name,
    description: listing.description?.slice(0, descriptionCharsMax).toWellFormed() ?? null,
    category: listing.category,
    tags: listing.tags,
    lang: listing.lang,
    command: call?.protocol === 'xmpp-command' ? call.node : null,
    price,
    location,
    terms: listing.terms,
    // An image in the address itself would be most of the stanza.
    icon: listing.icon?.startsWith('data:') ? null : listing.icon,
    queries: listing.queries,
    relay: call?.relay ? 'allow' : null,
    presence: null,
    index: null,
  });
  const schema = listing.inputSchema ? xmlSafe(JSON.stringify(listing.inputSchema)) : '';
  const known: [name: string, values: string[]][] = [
    ['id', [listing.id]],
    ['kind', [listing.kind]],
    ['jid', [listing.provider.jid]],
    ['protocol', call ? [call.protocol] : []],
    ['url', call?.url ? [call.url] : []],
    ['inputs', inputs.slice(0, inputsMax).map(inputLine)],
    ['input_schema', schema.length <= schemaCharsMax && schema !== '' ? [schema] : []],
    ['rating', rating ? [String(rating.score)] : []],
    ['rating_low', rating ? [String(rating.low)] : []],
    ['rating_high', rating ? [String(rating.high)] : []],
    ['rating_count', rating ? [String(rating.count)] : []],
    ['online', status.online === null ? [] : [status.online ? '1' : '0']],
    ['stale', [status.stale ? '1' : '0']],
    ['verified', [timeOf(status.verified)]],
    ['updated', [timeOf(updated)]],
  ];
  return { ...stated, fields: [...stated.fields, ...known.flatMap(shownField)] };
}

/** `NAME: TYPE`, then what holds of it, each after a comma. */
export function inputLine({ name, type, required, multiple }: Input): string {
  return [`${name}: ${type}`, ...(required ? ['required'] : []), ...(multiple ? ['several'] : [])].join(', ');
}

const SEVERAL = new Set(['inputs']);
const FLAGS = new Set(['online', 'stale']);

function shownField([name, values]: [name: string, values: string[]]): Field[] {
  if (values.length === 0) return [];
  const type = SEVERAL.has(name) ? 'text-multi' : FLAGS.has(name) ? 'boolean' : 'text-single';
  return [field(name, values, type)];
}

/** RFC 3339, whole seconds. */
function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
