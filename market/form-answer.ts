/**
 * From JSON to the form that an agent is sent (XEP-0004 §3.2), stage by stage: what the client gave fills what it names,
 * the agent's own presets fill the rest, and what lacks is asked for.
 */

import { type Field, type Form, field, form } from '../protocol/data-form.ts';
import { isObject, type Json, type JsonObject } from '../protocol/json.ts';
import type { Ask } from './contract/contract.ts';
import { checkInput } from './input-check.ts';
import { inputsOf } from './inputs.ts';
import { schemaOf } from './json-schema.ts';
import type { Input } from './listing.ts';
import type { Pointer } from './problem.ts';

export type StageAnswer = {
  /** What is sent; null where something lacks. */
  submit: Form | null;
  /** What lacks, or is not as the stage takes it. */
  errors: Pointer[];
  /** The names that the stage took from what was given. */
  used: string[];
};

/** Answers one stage from what the client gave in all. Whatever of it the stage does not name is for another stage. */
export function answerStage(stage: Form, given: JsonObject): StageAnswer {
  const inputs = inputsOf(stage.fields).map((input) => withPreset(input, stage));
  const own = Object.fromEntries(
    inputs.flatMap(({ name }) => (hasValue(given, name) ? [[name, given[name] as Json]] : [])),
  );
  const errors = checkInput({ inputs, inputSchema: null }, own);
  const used = Object.keys(own);
  if (errors.length > 0) return { submit: null, errors, used };
  const byName = new Map(inputs.map((input) => [input.name, input]));
  const fields = stage.fields.flatMap((each) => answerField(each, byName.get(each.var ?? ''), own));
  return { submit: form('submit', fields), errors, used };
}

/** What the client is asked for: the stage's inputs, with what it gave of them counted as given. */
export function askOf(stage: Form, errors: Pointer[]): Ask {
  const inputs = inputsOf(stage.fields);
  const missing = errors.map(({ pointer }) => pointer.split('/')[1] ?? '').map(unescaped);
  return {
    title: stage.title,
    text: stage.instructions,
    inputs,
    schema: schemaOf(inputs),
    missing: [...new Set(missing)].filter((name) => name !== ''),
  };
}

/** A field that the agent filled in itself need not be given. */
function withPreset(input: Input, stage: Form): Input {
  const preset = stage.fields.find((each) => each.var === input.name)?.values ?? [];
  return preset.some((value) => value !== '') ? { ...input, required: false } : input;
}

/** XEP-0004 §3.2: hidden fields go back as they came; of the others those that have a value. */
function answerField(of: Field, input: Input | undefined, given: JsonObject): Field[] {
  if (of.var === null || of.type === 'fixed') return [];
  const own = input && Object.hasOwn(given, of.var) ? valuesOf(given[of.var] as Json, input) : of.values;
  return own.length > 0 ? [field(of.var, own, of.type)] : [];
}

function hasValue(given: JsonObject, name: string): boolean {
  return Object.hasOwn(given, name) && given[name] !== null;
}

/** A value as the texts of a field; lines of a `text-multi` are values of their own (XEP-0004 §3.3). */
export function valuesOf(value: Json, { multiline }: Pick<Input, 'multiline'>): string[] {
  if (Array.isArray(value)) return value.map(textOf);
  const text = textOf(value);
  return multiline ? text.split(/\r\n|\r|\n/) : [text];
}

function textOf(value: Json): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') return decimal(value);
  return typeof value === 'string'
    ? value
    : isObject(value) || Array.isArray(value)
      ? JSON.stringify(value)
      : '';
}

/** XML Schema's decimals have no exponent; numbers that JavaScript writes with one are written out. */
function decimal(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20).replace(/0+$/, '');
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
