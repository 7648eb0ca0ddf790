/**
 * From a stranger's JSON Schema (2020-12) of an object to typed inputs. The schema is interpreted, never compiled:
 * its patterns are kept as text, its remote references are not resolved, and what has no type here is a string.
 */

import { formLimits } from '../protocol/data-form.ts';
import { arrayOf, isObject, type Json, type JsonObject, stringOf } from '../protocol/json.ts';
import { cleanLine, cleanText, token } from '../protocol/text.ts';
import type { Input, InputType, Option } from './listing.ts';
import { type ReadSchema, SchemaReader, schemaLimits } from './schema-reader.ts';

/** Formats (JSON Schema Validation §7.3) that are types here. */
const FORMATS: { [format: string]: InputType } = {
  date: 'date',
  'date-time': 'date-time',
  uri: 'uri',
  iri: 'uri',
  email: 'email',
  'idn-email': 'email',
  jid: 'jid',
};

/** The members of the object that the schema describes; none where it describes something else. */
export function inputsOfSchema(schema: JsonObject): Input[] {
  const members = new Map<string, Member>();
  collect(new SchemaReader(schema), schema, true, members);
  return [...members.values()]
    .slice(0, formLimits.fieldsMax)
    .flatMap(({ name, schema: member, required, reader }) => inputOf(name, member, required, reader) ?? []);
}

type Member = { name: string; schema: Json; required: boolean; reader: SchemaReader };

/** Gathers members: those of `$ref` and `allOf` count as the schema's own, those of alternatives are never required. */
function collect(
  reader: SchemaReader,
  schema: Json | undefined,
  isCertain: boolean,
  into: Map<string, Member>,
): void {
  const read = reader.enter(schema);
  if (!read) return;
  const { keywords, target, inner } = read;
  const required = new Set(isCertain ? arrayOf(keywords.required, formLimits.fieldsMax) : []);
  const properties = isObject(keywords.properties) ? Object.entries(keywords.properties) : [];
  for (const [name, member] of properties) {
    // A name that cannot be shown as it is could not be filled in either.
    if (member === false || token(name, formLimits.varCharsMax) === null) continue;
    if (!into.has(name)) into.set(name, { name, schema: member, required: false, reader: inner });
  }
  for (const part of [target, ...arrayOf(keywords.allOf, schemaLimits.membersMax)])
    collect(inner, part, isCertain, into);
  // A name can be required here whose schema stands in one of the parts.
  for (const name of required) {
    const member = typeof name === 'string' ? into.get(name) : undefined;
    if (member) member.required = true;
  }
  const alternatives = [keywords.anyOf, keywords.oneOf].flatMap((of) => arrayOf(of, schemaLimits.membersMax));
  for (const part of [...alternatives, keywords.then, keywords.else]) collect(inner, part, false, into);
}

function inputOf(name: string, schema: Json, required: boolean, reader: SchemaReader): Input | null {
  const outer = shapeOf(reader, schema);
  const items = outer?.type === 'array' ? outer.keywords.items : undefined;
  const element = outer?.type === 'array' ? shapeOf(outer.inner, items) : outer;
  const keywords = outer?.keywords ?? {};
  const of = element?.keywords ?? {};
  const options = element ? optionsOf(element) : [];
  const type = options.length > 0 ? 'enum' : typeOf(element);
  const multiple = outer?.type === 'array';
  const secret = of.writeOnly === true || keywords.writeOnly === true || of.format === 'password';
  return {
    name,
    label: line(keywords.title),
    description: text(keywords.description),
    type,
    required,
    multiple,
    multiline:
      type === 'string' && !multiple && (stringOf(of.contentMediaType)?.startsWith('text/') ?? false),
    default: secret ? null : defaultOf(keywords.default, multiple),
    options,
    ...boundsOf(of, type),
    pattern: patternOf(of.pattern),
    secret,
  };
}

/** A schema with its one type. Of several types, and of alternatives, `null` says only that the value may be absent. */
type Shape = { keywords: JsonObject; inner: SchemaReader; type: string | null };

function shapeOf(reader: SchemaReader, schema: Json | undefined): Shape | null {
  const read = reader.enter(schema);
  if (!read) return null;
  const keywords = withParts(read);
  const types = arrayOf(Array.isArray(keywords.type) ? keywords.type : [keywords.type ?? null], 7);
  const names = [...new Set(types.filter((name) => name !== 'null'))];
  const isNumber = names.length > 1 && names.every((name) => name === 'integer' || name === 'number');
  const type = isNumber ? 'number' : names.length === 1 ? stringOf(names[0]) : null;
  return { keywords, inner: read.inner, type };
}

/** The keywords over those of `$ref`, of `allOf`, and of the only alternative that is not null. */
function withParts({ keywords, target, inner }: ReadSchema): JsonObject {
  const alternatives = alternativesOf(keywords);
  const parts = [
    ...(alternatives.length === 1 ? alternatives : []),
    ...arrayOf(keywords.allOf, schemaLimits.membersMax),
    target,
  ];
  const said = parts.map((part) => inner.enter(part)).filter((read) => read !== null);
  // Unlike assignment, fromEntries takes a member named `__proto__` for nothing but a member.
  return Object.fromEntries([...said.map(withParts), keywords].flatMap((all) => Object.entries(all)));
}

function alternativesOf(keywords: JsonObject): Json[] {
  return [keywords.anyOf, keywords.oneOf]
    .flatMap((of) => arrayOf(of, schemaLimits.membersMax))
    .filter((part) => !(isObject(part) && part.type === 'null'));
}

function typeOf(shape: Shape | null): InputType {
  switch (shape?.type) {
    case 'integer':
    case 'number':
    case 'boolean':
      return shape.type;
    case 'string':
      return FORMATS[stringOf(shape.keywords.format) ?? ''] ?? 'string';
    default:
      return 'string';
  }
}

/** A choice among values, or among constants each with its title. */
function optionsOf({ keywords, inner }: Shape): Option[] {
  if (keywords.type === 'boolean') return [];
  const stated = keywords.const === undefined ? keywords.enum : [keywords.const];
  const values = arrayOf(stated, formLimits.optionsMax).map((value) => ({ value, label: null }));
  const constants = alternativesOf(keywords).map((part) => {
    const of = inner.enter(part)?.keywords;
    return { value: of?.const ?? null, label: line(of?.title) };
  });
  const choice = values.length > 0 ? values : constants.some(({ value }) => value === null) ? [] : constants;
  const options = choice.flatMap(({ value, label }) => {
    const text = token(stringOf(value), formLimits.lineCharsMax);
    return text === null ? [] : [{ value: text, label }];
  });
  return [...new Map(options.map((option) => [option.value, option])).values()];
}

/** Bounds include their ends here; of whole numbers an exclusive one is the next. */
function boundsOf(keywords: JsonObject, type: InputType): { min: string | null; max: string | null } {
  if (type !== 'integer' && type !== 'number') return { min: null, max: null };
  const step = type === 'integer' ? 1 : 0;
  const bound = (inclusive: Json | undefined, exclusive: Json | undefined, inward: number) => {
    if (typeof inclusive === 'number') return String(inclusive);
    return typeof exclusive === 'number' ? String(exclusive + inward) : null;
  };
  return {
    min: bound(keywords.minimum, keywords.exclusiveMinimum, step),
    max: bound(keywords.maximum, keywords.exclusiveMaximum, -step),
  };
}

/** A pattern is kept whole or not at all: half of one would be another. */
function patternOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? token(value, formLimits.lineCharsMax) : null;
}

function defaultOf(value: Json | undefined, multiple: boolean): string | string[] | null {
  if (multiple) {
    const values = arrayOf(value, formLimits.valuesMax).map(stringOf);
    const known = values.filter((member) => member !== null).map(clean);
    return known.length > 0 ? known : null;
  }
  const single = stringOf(value);
  return single === null ? null : clean(single) || null;
}

function clean(value: string): string {
  return cleanText(value, formLimits.textCharsMax);
}

function line(value: Json | undefined): string | null {
  return (typeof value === 'string' && cleanLine(value, formLimits.lineCharsMax)) || null;
}

function text(value: Json | undefined): string | null {
  return (typeof value === 'string' && cleanText(value, formLimits.textCharsMax)) || null;
}
