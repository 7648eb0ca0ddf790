/** The listings that an agent's statements make, each part with who said it. */

import type { CardSkill } from '../protocol/dialects/ai-sns.ts';
import type { ArdEntry } from '../protocol/dialects/ard-entry.ts';
import type { ListingForm } from '../protocol/dialects/listing-form.ts';
import type { DiscoInfo } from '../protocol/disco.ts';
import { type Claim, Claims } from './claims.ts';
import { type CommandFacts, cardsOf, type Facts } from './facts.ts';
import { inputsOf } from './inputs.ts';
import { schemaOf } from './json-schema.ts';
import type { Input, Listing, ListingKind, Provider, Source } from './listing.ts';
import { listingId } from './listing-id.ts';
import type { Permission } from './registration.ts';
import { readSchema } from './tool-listings.ts';

/** Whose offers these are, and what it says of itself. */
export type Offering = { provider: Provider; facts: Facts; agentForm: ListingForm | null };

/** The forms that describe a command, by where they stand. */
export type CommandForms = { own: ListingForm | null; pep: ListingForm | null; pubsub: ListingForm | null };

export function commandListing(
  offering: Offering,
  command: CommandFacts,
  skill: CardSkill | null,
  forms: CommandForms,
): Listing {
  const claims = new Claims();
  const listingForms: [Source, ListingForm | null][] = [
    ['listing-form', forms.own],
    ['listing-form', forms.pep],
    ['pubsub', forms.pubsub],
  ];
  const said = <T>(part: (form: ListingForm) => T | null) =>
    listingForms.map(([source, form]) => [source, form && part(form)] as [Source, T | null]);
  const inputs = claims.take<Input[]>('inputs', [
    ['command-meta', command.meta && inputsOf(command.meta.fields)],
    ['agent-card', skill?.fields && inputsOf(skill.fields)],
    ['first-form', command.firstForm && inputsOf(command.firstForm.fields)],
    ['first-form', command.takesNothing ? [] : null],
  ]);
  return {
    ...shared(offering, claims, 'command', command.node, listingForms, skill),
    name:
      claims.take('name', [
        ...said((form) => form.name),
        ['agent-card', skill?.name],
        ['command', command.name],
        ['command', identityName(command.info)],
      ]) ?? command.node,
    names: variantsOf(command.info),
    description: claims.take('description', [
      ...said((form) => form.description),
      ['command-meta', command.meta?.description],
      ['agent-card', skill?.description],
      ['first-form', command.firstForm?.instructions],
      ['first-form', command.firstForm?.title],
    ]),
    tags: claims.union('tags', [
      ...said((form) => form.tags),
      ['agent-card', skill?.tags.map((tag) => tag.toLowerCase())],
      ['disco', offering.agentForm?.tags],
    ]),
    inputs: inputs ?? [],
    inputSchema: inputs && schemaOf(inputs),
    call: {
      protocol: 'xmpp-command',
      node: command.node,
      url: null,
      relay: permitsRelay([
        ...said((form) => form.relay).map(([, relay]) => relay),
        offering.agentForm?.relay,
      ]),
    },
    ...provenance(claims),
  };
}

/** One form that denies it is enough. */
export function permitsRelay(stated: (Permission | null | undefined)[]): boolean {
  return stated.includes('allow') && !stated.includes('deny');
}

/** A skill that is called over HTTP. */
export function skillListing(offering: Offering, skill: CardSkill): Listing {
  const claims = new Claims();
  const schema = skill.fields || !skill.schema ? null : readSchema(skill.schema);
  const inputs = claims.take<Input[]>('inputs', [
    ['agent-card', skill.fields ? inputsOf(skill.fields) : schema?.members],
  ]);
  return {
    ...shared(offering, claims, 'skill', skill.id, [], skill),
    name: claims.take('name', [['agent-card', skill.name]]) ?? skill.id,
    names: [],
    description: claims.take('description', [['agent-card', skill.description]]),
    tags: claims.union('tags', [
      ['agent-card', skill.tags.map((tag) => tag.toLowerCase())],
      ['disco', offering.agentForm?.tags],
    ]),
    inputs: inputs ?? [],
    inputSchema: schema?.schema ?? (inputs && schemaOf(inputs)),
    call: skill.endpoint ? { protocol: 'http-jsonrpc', node: null, url: skill.endpoint, relay: false } : null,
    ...provenance(claims, 'agent-card'),
  };
}

/** What a form offers that names no command. */
export function publishedListing(
  offering: Offering,
  node: string,
  form: ListingForm,
  source: 'listing-form' | 'pubsub',
): Listing {
  const claims = new Claims();
  return {
    ...shared(offering, claims, 'published', node, [[source, form]]),
    name: claims.take('name', [[source, form.name]]) ?? form.name,
    names: [],
    description: claims.take('description', [[source, form.description]]),
    tags: claims.union('tags', [[source, form.tags]]),
    inputs: [],
    inputSchema: null,
    call: null,
    ...provenance(claims, source),
  };
}

/** What a catalogue entry says of something that no command performs. */
export function entryListing(offering: Offering, item: string, entry: ArdEntry): Listing {
  const claims = new Claims();
  return {
    ...shared(offering, claims, 'published', item, []),
    name: claims.take('name', [['ard-entry', entry.name]]) ?? entry.name,
    names: [],
    description: claims.take('description', [['ard-entry', entry.description]]),
    tags: claims.union('tags', [['ard-entry', entry.tags.map((tag) => tag.toLowerCase())]]),
    queries: claims.take('queries', [['ard-entry', entry.queries]]) ?? [],
    link: claims.take('link', [['ard-entry', entry.url]]),
    linkType: entry.url === null ? null : entry.type,
    inputs: [],
    inputSchema: null,
    call: null,
    ...provenance(claims, 'ard-entry'),
  };
}

/** What every kind of listing takes from its forms, and where those are silent from the agent's own. */
function shared(
  { provider, facts, agentForm }: Offering,
  claims: Claims,
  kind: ListingKind,
  node: string,
  forms: [Source, ListingForm | null][],
  skill: CardSkill | null = null,
) {
  const take = <T>(part: string, of: (form: ListingForm) => T | null, ...further: Claim<T>[]) =>
    claims.take<T>(part, [
      ...forms.map(([source, form]): Claim<T> => [source, form && of(form)]),
      ['disco', agentForm && of(agentForm)],
      ...further,
    ]);
  return {
    id: listingId({ jid: provider.jid, kind, node }),
    kind,
    node,
    provider,
    lang: take('lang', (form) => (form.lang.length > 0 ? form.lang : null)) ?? [],
    category: take('category', (form) => form.category),
    outputs: [] as Input[],
    outputSchema: null,
    price: take('price', (form) => form.price),
    location: take('location', (form) => form.location, ['location', facts.profile.location]),
    features: facts.disco?.features.filter((feature) => !feature.startsWith('http://jabber.org/')) ?? [],
    queries:
      take('queries', (form) => (form.queries.length > 0 ? form.queries : null), [
        'agent-card',
        skill?.examples,
      ]) ?? [],
    terms: take('terms', (form) => form.terms),
    link: null as string | null,
    linkType: null as string | null,
    icon: take(
      'icon',
      (form) => form.icon,
      ['agent-card', skill && cardIcon(facts)],
      ['avatar', facts.profile.avatar],
    ),
    flags: [] as Listing['flags'],
  };
}

/** The icon of the agent's card, for what the card describes. */
function cardIcon(facts: Facts): string | null {
  return cardsOf(facts).find((card) => card.icon)?.icon ?? null;
}

/** @param least the source that is named where no part says more, as for a name that is only a node */
function provenance(claims: Claims, least: Source = 'command'): Pick<Listing, 'sources' | 'provenance'> {
  return { sources: claims.sources.length > 0 ? claims.sources : [least], provenance: claims.provenance };
}

function identityName(info: DiscoInfo | null): string | null {
  return info?.identities.find((identity) => identity.name)?.name ?? null;
}

/** The names that a disco#info gives in several languages (`xml:lang`). */
function variantsOf(info: DiscoInfo | null): Listing['names'] {
  return (info?.identities ?? []).flatMap(({ lang, name }) => (lang && name ? [{ lang, text: name }] : []));
}
