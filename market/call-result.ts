/** What a call gave, typed: from a result form (XEP-0004 §3.4), or from a tool's result (MCP) in a task of a gateway. */

import type { Note } from '../protocol/commands.ts';
import type { Field, Form } from '../protocol/data-form.ts';
import { arrayOf, isObject, type Json, type JsonObject, stringOf } from '../protocol/json.ts';
import { safeLink } from '../protocol/link.ts';
import { cleanLine, cleanText } from '../protocol/text.ts';
import type { Result, ResultMedia } from './contract/contract.ts';
import { contractLimits } from './contract/limits.ts';
import { outputsOf } from './inputs.ts';
import type { Input, JsonSchema } from './listing.ts';
import { checkSchema } from './schema-check.ts';

/** What the rest of a move takes beside the result. */
const roomChars = 1_000;
/** Of the text of a result that is too large. */
const keptTextChars = 10_000;

export const resultLimits = {
  textCharsMax: 65_536,
  nameCharsMax: 200,
  mediaMax: 50,
  /** Levels, and values in all, of structured data; what is beyond is left out. */
  depthMax: 16,
  valuesMax: 2_000,
} as const;

/** @param outputSchema what the listing says of its results; null where it says nothing */
export function formResult(of: Form | null, notes: Note[], outputSchema: JsonSchema | null): Result {
  const outputs = of ? outputsOf(of) : [];
  const types = new Map(outputs.map((output) => [output.name, output]));
  const values = of && of.fields.length > 0 ? objectOf(of.fields, types) : {};
  const rows = of ? of.items.map((item) => objectOf(item, types)) : [];
  const words = [
    of?.instructions,
    ...(of?.fields ?? []).filter(isWords).map((each) => each.values.join('\n')),
  ];
  return {
    values: Object.keys(values).length > 0 ? values : null,
    rows,
    outputs,
    text: cleanText(words.filter(Boolean).join('\n'), resultLimits.textCharsMax) || null,
    media: of ? mediaIn([of.fields, ...of.items].flat()) : [],
    notes,
    matches: outputSchema ? checkSchema(outputSchema, values).length === 0 : null,
  };
}

/** A tool's result: texts, links to media, and structured data. What is embedded in full is left out, and noted. */
export function toolResult(result: JsonObject, outputSchema: JsonSchema | null): Result {
  const content = arrayOf(result.content, resultLimits.valuesMax).filter(isObject);
  const texts = content.flatMap((part) => (part.type === 'text' ? [stringOf(part.text) ?? ''] : []));
  const links = content.flatMap((part) => mediaOf(part));
  const embedded = content.filter((part) => typeof part.data === 'string' || part.type === 'resource').length;
  const values = result.structuredContent === undefined ? null : cleanJson(result.structuredContent);
  return {
    values,
    rows: [],
    outputs: [],
    text: cleanText(texts.join('\n'), resultLimits.textCharsMax) || null,
    media: links.slice(0, resultLimits.mediaMax),
    notes: embedded > 0 ? [{ type: 'info', text: `${embedded} embedded parts are not passed on.` }] : [],
    matches: outputSchema ? checkSchema(outputSchema, values).length === 0 : null,
  };
}

/** What stands beside values (XEP-0221), each address once. */
function mediaIn(fields: Field[]): ResultMedia[] {
  const links = fields.flatMap(({ media = [] }) =>
    media.map(({ type, uri }): [string, string] => [uri, type]),
  );
  return [...new Map(links)].slice(0, resultLimits.mediaMax).map(([url, type]) => ({ type, url }));
}

function mediaOf(part: JsonObject): ResultMedia[] {
  const url = part.type === 'resource_link' ? safeLink(stringOf(part.uri)) : null;
  const type = cleanLine(stringOf(part.mimeType) ?? '', resultLimits.nameCharsMax);
  return url?.startsWith('https:') ? [{ type: type || 'application/octet-stream', url }] : [];
}

function objectOf(fields: Field[], types: Map<string, Input>): JsonObject {
  return Object.fromEntries(
    fields.flatMap((each): [string, Json][] => {
      const output = types.get(each.var ?? '');
      return output && each.var !== null ? [[each.var, typedValue(each.values, output)]] : [];
    }),
  );
}

/** A value in the type that the form states; as text where it is not of it. */
export function typedValue(values: string[], { type, multiple, multiline }: Input): Json {
  if (multiple) return values.map((value) => single(value, type));
  return values.length === 0 ? null : single(multiline ? values.join('\n') : (values[0] ?? ''), type);
}

function single(value: string, type: Input['type']): Json {
  switch (type) {
    case 'boolean':
      return value === '1' || value === 'true' ? true : value === '0' || value === 'false' ? false : value;
    case 'integer':
    case 'number': {
      const number = value.trim() === '' ? Number.NaN : Number(value);
      return Number.isFinite(number) ? number : value;
    }
    case 'string':
    case 'date':
    case 'date-time':
    case 'uri':
    case 'email':
    case 'jid':
    case 'enum':
      return value;
  }
}

function isWords(each: Field): boolean {
  return each.type === 'fixed';
}

/** A stranger's JSON with its texts cleaned, and nothing beyond the limits. */
export function cleanJson(value: Json): Json {
  const budget = { values: resultLimits.valuesMax as number };
  const clean = (of: Json, depth: number): Json => {
    if (--budget.values < 0 || depth > resultLimits.depthMax) return null;
    if (typeof of === 'string') return cleanText(of, resultLimits.textCharsMax);
    if (Array.isArray(of))
      return of.slice(0, resultLimits.valuesMax).map((member) => clean(member, depth + 1));
    if (!isObject(of)) return of;
    const members = Object.entries(of).slice(0, resultLimits.valuesMax);
    return Object.fromEntries(
      members.map(([name, member]) => [cleanLine(name, resultLimits.nameCharsMax), clean(member, depth + 1)]),
    );
  };
  return clean(value, 0);
}

/** The result with as much of it as may be kept, and a note where that is not all. */
export function fittingResult(result: Result): Result {
  const { dataCharsMax } = contractLimits;
  const fits = (one: Result) => JSON.stringify(one).length <= dataCharsMax - roomChars;
  if (fits(result)) return result;
  const notes: Result['notes'] = [{ type: 'warn', text: 'The result was too large to be kept whole.' }];
  const shorter = { ...result, notes, text: result.text?.slice(0, keptTextChars).toWellFormed() ?? null };
  return (
    [shorter, { ...shorter, rows: [] }, { ...shorter, rows: [], values: null }].find(fits) ?? {
      ...shorter,
      rows: [],
      values: null,
      outputs: [],
      media: [],
    }
  );
}
