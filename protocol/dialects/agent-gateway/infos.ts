/**
 * XMPP Agent Gateway (ProtoXEP, 0.0.5), "Endpoint Information" and "Tool Information": the XEP-0128 forms by which an
 * endpoint names its version and the hashes of what belongs to it.
 */

import { type Field, type Form, field, form, formLimits, formNamespace, formValue } from '../../data-form.ts';
import { type Hash, hashOf } from '../../hashes.ts';
import { ParseError } from '../../parse-error.ts';
import { cleanLine, cleanText } from '../../text.ts';
import { FORM_ENDPOINT_INFO, FORM_TOOL_INFO, readToolName, readVersion } from './namespaces.ts';

export type EndpointInfo = {
  name: string;
  title: string;
  description: string | null;
  version: string;
  manifestHash: Hash;
  /** It can be called while its presence is unavailable. */
  coldStart: boolean;
  /** For this long a repeated request is not executed again. */
  replaySeconds: number;
};

/** Hints of MCP, which prove nothing; null where nothing is said. */
export type ToolHints = {
  readOnly: boolean | null;
  destructive: boolean | null;
  idempotent: boolean | null;
  openWorld: boolean | null;
};

export type ToolInfo = {
  name: string;
  title: string | null;
  description: string | null;
  version: string;
  inputHash: Hash;
  outputHash: Hash | null;
  hints: ToolHints;
};

/** @throws {ParseError} where the form is of another type or lacks a required field. */
export function readEndpointInfo(from: Form): EndpointInfo {
  expectForm(from, FORM_ENDPOINT_INFO);
  const coldStart = flag(from, 'cold_start_supported');
  const replay = formValue(from, 'request_replay_seconds') ?? '';
  if (coldStart === null) throw new ParseError("'cold_start_supported' is no boolean");
  if (!/^[1-9]\d{0,9}$/.test(replay))
    throw new ParseError("'request_replay_seconds' is no positive whole number");
  return {
    name: requiredLine(from, 'server_name'),
    title: requiredLine(from, 'server_title'),
    description: text(from, 'description'),
    version: readVersion(formValue(from, 'version')),
    manifestHash: hash(from, 'manifest'),
    coldStart,
    replaySeconds: Number(replay),
  };
}

export function writeEndpointInfo(of: EndpointInfo): Form {
  return resultForm(FORM_ENDPOINT_INFO, [
    ['server_name', of.name],
    ['server_title', of.title],
    ['description', of.description],
    ['version', of.version],
    ['manifest_hash_algo', of.manifestHash.algo],
    ['manifest_hash_value', of.manifestHash.value],
    ['cold_start_supported', of.coldStart ? '1' : '0'],
    ['request_replay_seconds', String(of.replaySeconds)],
  ]);
}

/** @throws {ParseError} where the form is of another type, lacks a required field, or states half a hash. */
export function readToolInfo(from: Form): ToolInfo {
  expectForm(from, FORM_TOOL_INFO);
  const statesOutput = ['algo', 'value'].some(
    (part) => formValue(from, `output_schema_hash_${part}`) !== null,
  );
  return {
    name: readToolName(formValue(from, 'name')),
    title: cleanLine(formValue(from, 'title') ?? '', formLimits.lineCharsMax) || null,
    description: text(from, 'description'),
    version: readVersion(formValue(from, 'api_version')),
    inputHash: hash(from, 'input_schema'),
    outputHash: statesOutput ? hash(from, 'output_schema') : null,
    hints: {
      readOnly: flag(from, 'read_only'),
      destructive: flag(from, 'destructive'),
      idempotent: flag(from, 'idempotent'),
      openWorld: flag(from, 'open_world'),
    },
  };
}

export function writeToolInfo(of: ToolInfo): Form {
  const bit = (value: boolean | null) => (value === null ? null : value ? '1' : '0');
  return resultForm(FORM_TOOL_INFO, [
    ['name', of.name],
    ['title', of.title],
    ['description', of.description],
    ['api_version', of.version],
    ['input_schema_hash_algo', of.inputHash.algo],
    ['input_schema_hash_value', of.inputHash.value],
    ['output_schema_hash_algo', of.outputHash?.algo ?? null],
    ['output_schema_hash_value', of.outputHash?.value ?? null],
    ['read_only', bit(of.hints.readOnly)],
    ['destructive', bit(of.hints.destructive)],
    ['idempotent', bit(of.hints.idempotent)],
    ['open_world', bit(of.hints.openWorld)],
  ]);
}

function expectForm(from: Form, type: string): void {
  if (formNamespace(from) !== type) throw new ParseError(`FORM_TYPE '${type}' expected`);
}

function hash(from: Form, of: string): Hash {
  return hashOf(formValue(from, `${of}_hash_algo`), formValue(from, `${of}_hash_value`));
}

/** XEP-0004 §3.3: a boolean is 0, 1, false or true. */
function flag(from: Form, name: string): boolean | null {
  const value = formValue(from, name);
  if (value === '1' || value === 'true') return true;
  return value === '0' || value === 'false' ? false : null;
}

function requiredLine(from: Form, name: string): string {
  const value = cleanLine(formValue(from, name) ?? '', formLimits.lineCharsMax);
  if (!value) throw new ParseError(`'${name}' is missing`);
  return value;
}

function text(from: Form, name: string): string | null {
  return cleanText(formValue(from, name) ?? '', formLimits.textCharsMax) || null;
}

function resultForm(type: string, values: [string, string | null][]): Form {
  const fields = values.flatMap(([name, value]): Field[] => (value === null ? [] : [field(name, value)]));
  return form('result', [field('FORM_TYPE', type, 'hidden'), ...fields]);
}
