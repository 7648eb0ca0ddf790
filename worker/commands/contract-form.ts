/** A contract as the fields of a form, for whoever is its party. */

import type { Ask, ContractEvent, Result } from '../../market/contract/contract.ts';
import type { OwnContract } from '../../operations/contracts/show.ts';
import { type Field, type FieldType, field } from '../../protocol/data-form.ts';
import { isObject, type Json } from '../../protocol/json.ts';
import { cleanLine } from '../../protocol/text.ts';
import { settlementLine } from '../contracts/offer-words.ts';
import { priceText } from '../search-table.ts';
import { timeText } from './fields.ts';

export const contractFormLimits = {
  /** Values of a result that have fields of their own; `result_json` has them all. */
  resultFieldsMax: 100,
  /** Of one such value. */
  resultValueCharsMax: 4_000,
  reasonCharsMax: 500,
} as const;

/** What a contract is, and how it stands. */
export function summaryFields({ contract, side, moves, due }: OwnContract): Field[] {
  const { id, kind, state, client, provider, listing, price, created, since, reason, fault, agreed } =
    contract;
  const { answerBy, deliverBy, words } = contract;
  return [
    labelled('id', 'Contract', id),
    labelled('kind', 'Kind: call, witness or direct', kind),
    labelled('state', 'State', state),
    labelled('side', 'Which side you are', side),
    labelled('client', 'Client', client, 'jid-single'),
    labelled('provider', 'Provider', provider, 'jid-single'),
    ...said('listing', 'Listing', listing?.id),
    ...said('listing_name', 'Name of the listing, as it was', listing?.name),
    ...said('price', 'Price', priceText(price)),
    ...said('answer_by', 'Until when the terms can be accepted', answerBy && timeText(answerBy)),
    ...said('deliver_by', 'When the work is due', deliverBy && timeText(deliverBy)),
    ...(words ? [labelled('words', 'What else is agreed', words.split('\n'), 'text-multi')] : []),
    labelled('created', 'Begun', timeText(created)),
    labelled('since', 'In this state since', timeText(since)),
    ...said('due', 'When the directory moves if nobody does', due && timeText(due)),
    labelled('moves', 'Moves that are open to you', moves, 'text-multi'),
    ...said('reason', 'Why', reason),
    ...said('fault', 'Whose doing it is', fault),
    ...(agreed.length > 0
      ? [labelled('agreed', 'Who says that the dispute is resolved', agreed, 'text-multi')]
      : []),
  ];
}

/** The contract whole: what is asked, what came of it, and its history besides. */
export function wholeFields(own: OwnContract): Field[] {
  const { input, ask, progress, result } = own.contract;
  const steps = progress && [progress.percent !== null && `${progress.percent} %`, progress.stage];
  return [
    ...summaryFields(own),
    labelled('input', 'What was given or agreed, as JSON', JSON.stringify(input)),
    ...(ask ? askFields(ask) : []),
    ...said('progress', 'How far it is', steps && [...steps, progress.text].filter(Boolean).join(', ')),
    ...(result ? resultFields(result) : []),
    labelled('history', 'Every move', own.history.map(historyLine), 'text-multi'),
  ];
}

function askFields({ title, text, missing, schema }: Ask): Field[] {
  return [
    ...said('ask', 'What is asked for', [title, text].filter(Boolean).join('\n')),
    labelled('ask_missing', 'Which values are missing', missing, 'text-multi'),
    labelled('ask_schema', 'What is asked for, as JSON Schema', JSON.stringify(schema)),
  ];
}

function resultFields(result: Result): Field[] {
  const { text, media, notes, values } = result;
  const links = media.map(({ type, url }) => `${url} ${type}`);
  const words = notes.map((note) => `${note.type}: ${note.text}`);
  return [
    ...(text ? [labelled('result_text', 'What came of it, in words', text.split('\n'), 'text-multi')] : []),
    ...valueFields(values, new Map(result.outputs.map(({ name, label }) => [name, label]))),
    ...(links.length > 0
      ? [labelled('result_media', 'Addresses, with their types', links, 'text-multi')]
      : []),
    ...(words.length > 0 ? [labelled('result_notes', 'Notes', words, 'text-multi')] : []),
    labelled('result_json', 'All that came of it, as JSON', JSON.stringify(result)),
  ];
}

/** Texts, numbers and lists of them, each in the field `result.NAME`; whatever else there is stands in the JSON alone. */
function valueFields(values: Json, labels: Map<string, string | null>): Field[] {
  if (!isObject(values)) return [];
  return Object.entries(values)
    .flatMap(([name, value]) => {
      const texts = Array.isArray(value) ? value.map(textOf) : [textOf(value)];
      const isPlain = texts.every((text) => text !== null);
      if (!isPlain || texts.join('').length > contractFormLimits.resultValueCharsMax) return [];
      const type = Array.isArray(value) ? 'text-multi' : 'text-single';
      return [labelled(`result.${name}`, labels.get(name) ?? name, texts, type)];
    })
    .slice(0, contractFormLimits.resultFieldsMax);
}

function textOf(value: Json): string | null {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function historyLine({ seq, at, by, move, state, data }: ContractEvent): string {
  const { reason, terms, settlement } = data;
  const quoted = (text: string) => `'${cleanLine(text, contractFormLimits.reasonCharsMax)}'`;
  const said = [
    terms && `price ${priceText(terms.price) || 'none'}`,
    terms?.deliverBy && `due ${timeText(new Date(terms.deliverBy))}`,
    terms?.words && quoted(terms.words),
    settlement && settlementLine(settlement, quoted),
    reason && cleanLine(reason, contractFormLimits.reasonCharsMax),
  ].filter(Boolean);
  return `${seq} ${timeText(at)} ${by} ${move}, ${state}${said.length > 0 ? `: ${said.join(', ')}` : ''}`;
}

/** Nothing where nothing is said. */
function said(name: string, label: string, value: string | null | undefined): Field[] {
  return value ? [labelled(name, label, value)] : [];
}

function labelled(name: string, label: string, values: string | readonly string[], type?: FieldType): Field {
  const given = typeof values === 'string' ? values : [...values];
  return { ...field(name, given, type), label };
}
