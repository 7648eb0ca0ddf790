/**
 * AI-SNS (OpenClaw / Hermes Agent Network): the agent card that its agents publish by PEP, and the XEP-0128 form
 * on a command node that states the command's inputs. Described in docs/protocol.md from what the agents send.
 */

import {
  type Field,
  type FieldOption,
  type Form,
  field,
  fieldTypes,
  form,
  formLimits,
  formValue,
} from '../data-form.ts';
import {
  arrayOf,
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  parseJsonObject,
  stringOf,
} from '../json.ts';
import { safeLink } from '../link.ts';
import { FORM_CMD_META, NS_AGENTCARD } from '../namespaces.ts';
import { ParseError } from '../parse-error.ts';
import { cleanLine, cleanText, token } from '../text.ts';
import { type Element, xml } from '../xml.ts';

export type CardSkill = {
  id: string;
  name: string | null;
  description: string | null;
  tags: string[];
  /** The ad-hoc command that performs the skill. */
  node: string | null;
  /** Where the skill is called over HTTP instead. */
  endpoint: string | null;
  fields: Field[] | null;
  /** The JSON Schema of what a call over HTTP takes, as JSON text; what is in it is nobody's word yet. */
  schema?: string;
  /** Sample requests, where the card gives any. */
  examples?: string[];
};

/** A protocol under which the agent can be called, and where. */
export type CardInterface = { url: string; binding: string; version: string | null };

export type AgentCard = {
  name: string | null;
  description: string | null;
  version: string | null;
  url: string | null;
  skills: CardSkill[];
  /** In the agent's order of preference; what A2A 1.0 states in place of `url`. */
  interfaces?: CardInterface[];
  provider?: { name: string; url: string | null };
  documentation?: string;
  icon?: string;
  /** What the agent supports beyond the protocol, by URI (A2A's `capabilities.extensions`). */
  extensions?: string[];
};

export type CommandMeta = { description: string | null; source: string | null; fields: Field[] };

/** Takes a JSON-RPC request in its field `jsonrpc_request`, and answers with `jsonrpc_response`. */
export const NODE_TASKS = 'urn:xmpp:a2a:cmd:tasks';
/** Takes the fields of a business card, and answers with those of one's own. */
export const NODE_EXCHANGE_CARD = 'urn:xmpp:a2a:cmd:exchange_business_card';
const NODE_GREETING = 'urn:xmpp:a2a:cmd:greeting';

/** The fields of a business card, as that command has them. */
export const businessCardFields = ['name', 'company', 'title', 'email', 'xmpp', 'website', 'phone'] as const;
export type BusinessCard = { [field in (typeof businessCardFields)[number]]?: string };

/** Commands that every such agent has and that carry the dialect's own exchanges: they are nobody's offer. */
export const plumbingNodes: ReadonlySet<string> = new Set([NODE_TASKS, NODE_EXCHANGE_CARD, NODE_GREETING]);

export const cardLimits = {
  skillsMax: 200,
  tagsMax: 50,
  tagCharsMax: 60,
  extensionsMax: 20,
  examplesMax: 20,
  exampleCharsMax: 300,
} as const;

/** Every name under which a card has been seen to state a skill's command node. */
const NODE_KEYS = ['command_node', 'xmpp_adhoc_node', 'adhoc_node', 'node'] as const;

/** @throws {ParseError} where the element is no agent card. */
export function readAgentCard(element: Element): AgentCard {
  if (!element.is('agentcard', NS_AGENTCARD)) throw new ParseError('<agentcard/> expected');
  return readCardObject(parseJsonObject(element.text()));
}

/** Reads the keys that every version of the card has had; what none of them knows is left out. */
export function readCardObject(card: JsonObject): AgentCard {
  const extensions = readExtensions(card.capabilities);
  return {
    name: line(card.name),
    description: text(card.description),
    version: line(card.version),
    url: safeLink(stringOf(card.url)),
    skills: arrayOf(card.skills, cardLimits.skillsMax)
      .map((skill) => (isObject(skill) ? readSkill(skill) : null))
      .filter((skill) => skill !== null),
    ...(extensions.length > 0 ? { extensions } : {}),
  };
}

export function writeAgentCard(card: JsonObject): Element {
  return xml('agentcard', { xmlns: NS_AGENTCARD }, JSON.stringify(card));
}

/** Reads the form of type `urn:xmpp:a2a:cmd:meta`. @throws {ParseError} where its JSON is none. */
export function readCommandMeta(form: Form): CommandMeta {
  return {
    description: cleanText(formValue(form, 'description') ?? '', formLimits.textCharsMax) || null,
    source: cleanLine(formValue(form, 'source') ?? '', formLimits.lineCharsMax) || null,
    fields: readCardFields(parseJson(formValue(form, 'form_fields_json') || '[]')),
  };
}

/** The form of type `urn:xmpp:a2a:cmd:meta`, which goes into a command's disco#info. */
export function writeCommandMeta({ description, source, fields }: CommandMeta): Form {
  return form('result', [
    field('FORM_TYPE', FORM_CMD_META, 'hidden'),
    ...(description === null ? [] : [field('description', description)]),
    ...(source === null ? [] : [field('source', source)]),
    field('form_fields_json', JSON.stringify(fields.flatMap(writeCardField))),
  ]);
}

/** The field as a card's `form_fields` have it; what a program fills in is left out. */
export function writeCardField(of: Field): JsonObject[] {
  if (of.var === null || of.type === 'hidden' || of.type === 'fixed') return [];
  return [
    {
      var: of.var,
      type: of.type,
      ...(of.label !== null && { label: of.label }),
      ...(of.desc !== null && { desc: of.desc }),
      ...(of.required && { required: true }),
      ...(of.values.length > 0 && { default: of.values.length === 1 ? (of.values[0] ?? '') : of.values }),
      ...(of.options.length > 0 && { options: of.options.map(({ value }) => value) }),
    },
  ];
}

function readSkill(skill: JsonObject): CardSkill | null {
  const id = token(stringOf(skill.id), formLimits.varCharsMax);
  const stated = NODE_KEYS.map((key) => token(stringOf(skill[key]), formLimits.varCharsMax)).find(Boolean);
  const node = stated ?? (id?.startsWith('urn:xmpp:') ? id : null);
  const key = id ?? node;
  if (!key) return null;
  const request = isObject(skill.example_request)
    ? JSON.stringify(skill.example_request)
    : skill.example_request;
  const examples = [...arrayOf(skill.examples, cardLimits.examplesMax), request ?? null]
    .map((example) => cleanLine(stringOf(example) ?? '', cardLimits.exampleCharsMax))
    .filter(Boolean);
  return {
    id: key,
    name: line(skill.name),
    description: text(skill.description),
    tags: arrayOf(skill.tags, cardLimits.tagsMax)
      .map((tag) => cleanLine(stringOf(tag) ?? '', cardLimits.tagCharsMax))
      .filter(Boolean),
    node,
    endpoint: skill.transport === 'http_jsonrpc' ? safeLink(stringOf(skill.endpoint)) : null,
    fields: Array.isArray(skill.form_fields) ? readCardFields(skill.form_fields) : null,
    ...(isObject(skill.params_schema) ? { schema: JSON.stringify(skill.params_schema) } : {}),
    ...(examples.length > 0 ? { examples } : {}),
  };
}

function readExtensions(capabilities: Json | undefined): string[] {
  if (!isObject(capabilities)) return [];
  return arrayOf(capabilities.extensions, cardLimits.extensionsMax)
    .map((extension) => (isObject(extension) ? token(stringOf(extension.uri), formLimits.varCharsMax) : null))
    .filter((uri) => uri !== null);
}

/** @throws {ParseError} where there are more fields than a form may have. */
function readCardFields(value: Json): Field[] {
  if (!Array.isArray(value)) throw new ParseError('form fields: a JSON array expected');
  if (value.length > formLimits.fieldsMax)
    throw new ParseError(`more than ${formLimits.fieldsMax} form fields`);
  const seen = new Set<string>();
  return value.flatMap((entry) => {
    const read = isObject(entry) ? readCardField(entry) : null;
    if (!read?.var || seen.has(read.var)) return [];
    seen.add(read.var);
    return [read];
  });
}

function readCardField(entry: JsonObject): Field {
  const options = arrayOf(entry.options, formLimits.optionsMax)
    .map(readCardOption)
    .filter((option) => option !== null);
  const declared = fieldTypes.find((type) => type === entry.type);
  const preset = Array.isArray(entry.default) ? entry.default : [entry.default];
  return {
    var: token(stringOf(entry.var ?? entry.name), formLimits.varCharsMax),
    type: declared ?? (options.length > 0 ? 'list-single' : 'text-single'),
    label: line(entry.label),
    desc: text(entry.desc ?? entry.description),
    required: entry.required === true,
    values: preset
      .slice(0, formLimits.valuesMax)
      .map((value) => cleanText(stringOf(value) ?? '', formLimits.valueCharsMax))
      .filter(Boolean),
    options,
    validation: null,
  };
}

function readCardOption(option: Json): FieldOption | null {
  const value = stringOf(isObject(option) ? option.value : option);
  if (value === null) return null;
  const label = isObject(option) ? line(option.label) : null;
  return { label, value: cleanText(value, formLimits.lineCharsMax) };
}

function line(value: Json | undefined): string | null {
  return cleanLine(stringOf(value) ?? '', formLimits.lineCharsMax) || null;
}

function text(value: Json | undefined): string | null {
  return cleanText(stringOf(value) ?? '', formLimits.textCharsMax) || null;
}
