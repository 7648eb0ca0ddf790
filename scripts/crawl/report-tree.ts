/** A report as a tree: what the entity states, by source, and the listings that come of it. */

import type { CommandFacts, FactSource, ListingForm, Profile } from '../../market/facts.ts';
import type { Input, Listing } from '../../market/listing.ts';
import type { ToolFacts } from '../../market/tool-listings.ts';
import { type Field, type Form, formNamespace } from '../../protocol/data-form.ts';
import type { AgentCard } from '../../protocol/dialects/ai-sns.ts';
import type { DiscoInfo } from '../../protocol/disco.ts';
import { NS_LISTING } from '../../protocol/namespaces.ts';
import type { Report } from './survey.ts';
import type { Branch } from './tree.ts';

export function reportTree(report: Report, depth = 0): Branch {
  const { jid, facts, entities, omitted } = report;
  return {
    text: `${jid}${report.reachable ? '' : ' does not answer'}`,
    children: [
      ...report.addresses.map((address) => addressBranch(address, depth)),
      ...many('commands', facts.commands, commandBranch),
      ...many('cards', facts.cards, cardBranch),
      ...many('listing forms', facts.listings, ({ item, listing }) => formBranch(`item ${item}`, listing)),
      ...many('catalogue entries', facts.entries, ({ item, entry }) => ({
        text: `item ${item} "${entry.name}"${entry.description ? `: ${entry.description}` : ''}`,
      })),
      ...many('tools', facts.tools, toolBranch),
      ...profileBranch(facts.profile),
      ...many('listings it holds for others', report.publications, ({ node, item, jid: of, listing }) => ({
        ...formBranch(`${of}, item ${item} of ${node}`, listing),
      })),
      ...unsaidBranch(report),
      ...report.unread.map((source) => ({ text: `${sourceNames[source]}: could not be read` })),
      ...listingBranches(report),
      ...many('entities', [...entities], (entity) => reportTree(entity, depth + 1)),
      ...many('not looked at', omitted, ({ jid: other, why }) => ({ text: `${other}: ${why}` })),
    ],
  };
}

/** What an account could publish, and was seen not to. */
function unsaidBranch({ jid, facts }: Report): Branch[] {
  const kinds = (['commands', 'cards', 'listings', 'entries'] as const).filter(
    (kind) => facts[kind]?.length === 0,
  );
  if (!jid.includes('@') || kinds.length === 0) return [];
  return [{ text: `no ${kinds.map((kind) => sourceNames[kind]).join(', no ')}` }];
}

const sourceNames: { [source in FactSource]: string } = {
  disco: 'disco#info',
  commands: 'commands',
  cards: 'cards',
  listings: 'listing forms',
  entries: 'catalogue entries',
  tools: 'tools',
  profile: 'profile',
  published: 'listings in pubsub services',
};

/** A heading with its number; nothing where there is nothing. */
function many<T>(name: string, values: T[] | undefined, branchOf: (value: T) => Branch): Branch[] {
  if (!values || values.length === 0) return [];
  return [{ text: `${name} (${values.length})`, children: values.map(branchOf) }];
}

const capsWords = {
  unseen: '',
  none: '; its presence has no capabilities',
  wrong: '; the capabilities in its presence are not those of its disco#info',
  right: '; the capabilities in its presence stand for its disco#info',
};

function addressBranch({ address, answers, caps, info }: Report['addresses'][number], depth: number): Branch {
  const text = `${address}: ${answers ? 'answers' : 'does not answer disco#info'}${capsWords[caps]}`;
  return { text, children: info ? infoBranches(info, depth === 0) : [] };
}

/** @param isFull names every feature; otherwise their number has to do */
function infoBranches({ identities, features, forms }: DiscoInfo, isFull: boolean): Branch[] {
  return [
    ...identities.map(({ category, type, name, lang }) => ({
      text: `identity ${category}/${type}${name ? ` "${name}"` : ''}${lang ? ` (${lang})` : ''}`,
      source: 'disco#info',
    })),
    {
      text: `features (${features.length})`,
      source: 'disco#info',
      children: isFull ? features.map((text) => ({ text })) : [],
    },
    ...forms.map(extendedBranch),
  ];
}

function extendedBranch(form: Form): Branch {
  const shown = form.fields.filter((field) => field.var !== 'FORM_TYPE');
  return {
    text: `form ${formNamespace(form) ?? 'without FORM_TYPE'}`,
    source: 'disco#info',
    children: shown.map(({ var: name, values }) => ({ text: `${name}: ${values.join(' | ')}` })),
  };
}

function commandBranch({
  node,
  name,
  callJid,
  info,
  meta,
  firstForm,
  takesNothing,
  heard,
}: CommandFacts): Branch {
  const forms = (info?.forms ?? []).map(extendedBranch);
  const identities = (info?.identities ?? []).map(({ category, type, name: own, lang }) => ({
    text: `identity ${category}/${type}${own ? ` "${own}"` : ''}${lang ? ` (${lang})` : ''}`,
    source: "its node's disco#info",
  }));
  return {
    text: `${node}${name ? ` "${name}"` : ''}`,
    source: `command list of ${callJid}`,
    children: [
      ...(heard ? identities : [{ text: "its node's disco#info is not answered" }]),
      ...forms,
      ...many('fields', meta?.fields, fieldBranch).map((branch) => ({ ...branch, source: 'command-meta' })),
      ...many('first form', firstForm?.fields, fieldBranch).map((branch) => ({
        ...branch,
        source: 'first-form',
      })),
      ...(takesNothing
        ? [{ text: 'takes nothing: it acted when it was executed', source: 'first-form' }]
        : []),
    ],
  };
}

function cardBranch({ name, version, description, skills }: AgentCard): Branch {
  return {
    text: `card${name ? ` "${name}"` : ''}${version ? ` ${version}` : ''}${description ? `: ${description}` : ''}`,
    source: 'PEP',
    children: skills.map(({ id, name: called, node, endpoint, fields }) => ({
      text: `skill ${id}${called ? ` "${called}"` : ''}${node ? `, command ${node}` : ''}${endpoint ? `, ${endpoint}` : ''}`,
      children: (fields ?? []).map(fieldBranch),
    })),
  };
}

function formBranch(at: string, form: ListingForm): Branch {
  const parts = Object.entries(form).filter(
    ([, value]) => value !== null && (!Array.isArray(value) || value.length > 0),
  );
  return {
    text: `${at} "${form.name}"`,
    source: NS_LISTING,
    children: parts.map(([part, value]) => ({ text: `${part}: ${textOf(value)}` })),
  };
}

function toolBranch({ name, title, description, inputSchema }: ToolFacts): Branch {
  const about = `${title ? ` "${title}"` : ''}${description ? `: ${description}` : ''}`;
  return {
    text: `${name}${about}`,
    source: 'manifest',
    children: inputSchema ? [{ text: `input schema ${inputSchema}` }] : [],
  };
}

function profileBranch(profile: Profile | undefined): Branch[] {
  const said = Object.entries(profile ?? {}).filter(([, value]) => value !== null);
  if (said.length === 0) return [];
  return [
    {
      text: 'profile',
      source: 'PEP',
      children: said.map(([part, value]) => ({ text: `${part}: ${textOf(value)}` })),
    },
  ];
}

function fieldBranch(field: Field): Branch {
  const { validation } = field;
  const parts = [
    validation ? `${field.type} ${validation.datatype}${rangeOf(validation)}` : field.type,
    field.required ? 'required' : '',
    field.label ? `"${field.label}"` : 'no label',
    field.values.length > 0 ? `default ${field.values.join(' | ')}` : '',
    field.options.length > 0 ? `options ${field.options.map(({ value }) => value).join(' | ')}` : '',
  ];
  return { text: `${field.var ?? '(no var)'}: ${parts.filter(Boolean).join(', ')}` };
}

function listingBranches({ listings, noindex }: Report): Branch[] {
  if (noindex) return [{ text: 'nothing of it is listed: it says that it does not want to be' }];
  const open = listings.filter((one) => one.public).length;
  const branches = listings.map(({ listing, public: isPublic }) => listingBranch(listing, isPublic));
  if (branches.length === 0) return [];
  return [
    {
      text: `listed with its consent: ${listings.length}; without: ${open}`,
      children: branches,
    },
  ];
}

function listingBranch(listing: Listing, isPublic: boolean): Branch {
  const { call, inputs, inputSchema, provenance } = listing;
  const parts = Object.entries(provenance).filter(([part]) => part !== 'inputs');
  const [said, ...others] = provenance.inputs ?? [];
  const known =
    inputs.length > 0 ? `inputs (${inputs.length})` : inputSchema ? 'takes no inputs' : 'inputs unknown';
  return {
    text: `${listing.kind} ${listing.node} "${listing.name}"${isPublic ? '' : ', only with its consent'}`,
    children: [
      { text: listing.id },
      ...parts.flatMap(([part, statements]) => saidBranches(part, statements)),
      { text: known, source: said?.source ?? null, children: inputs.map(inputBranch) },
      ...others.map(({ source, said: text }) => ({ text: `inputs, also: ${text}`, source })),
      { text: call ? `called by ${call.protocol} at ${call.url ?? call.node}` : 'it says no way to call it' },
    ],
  };
}

/** Each thing that is said of a part, with all who say it; the first one holds. */
function saidBranches(part: string, statements: Listing['provenance'][string]): Branch[] {
  const bySaid = Map.groupBy(statements, ({ said }) => said);
  return [...bySaid].map(([said, by], at) => ({
    text: `${at === 0 ? part : `${part}, also`}: ${said}`,
    source: [...new Set(by.map(({ source }) => source))].join(', '),
  }));
}

function inputBranch(input: Input): Branch {
  const { type, options, min, max, required, label, multiple, secret } = input;
  const parts = [
    `${type}${rangeOf({ min, max })}${multiple ? ', several' : ''}`,
    required ? 'required' : 'optional',
    label ? `"${label}"` : 'no label',
    input.default === null ? '' : `default ${textOf(input.default)}`,
    options.length > 0 ? `one of ${options.map(({ value }) => value).join(' | ')}` : '',
    secret ? 'not shown while it is typed' : '',
  ];
  return { text: `${input.name}: ${parts.filter(Boolean).join(', ')}` };
}

function rangeOf({ min, max }: { min: string | null; max: string | null }): string {
  return `${min === null ? '' : ` from ${min}`}${max === null ? '' : ` to ${max}`}`;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(' | ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
