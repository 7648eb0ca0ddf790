/**
 * Guildhall's listing form, beside plain commands: on the command's node, on PEP, on the server's pubsub service, or
 * spread over agent and command.
 */
import { type ExtendedInfo, extendedElement } from './forms.ts';
import { NS_LISTING } from './namespaces.ts';
import type { Persona } from './persona.ts';
import { plainPersona } from './plain.ts';
import type { Skill } from './skill.ts';

/** What a specialist states of its trade beyond the skill itself. */
export type Offer = {
  /** Where the listing form is; `agent-and-command` has its general part on the agent and the rest on the command. */
  placement: 'agent-and-command' | 'command' | 'pep' | 'pubsub';
  price?: { amount: string; currency: string; unit: string };
  location?: { lat: string; lon: string };
  terms?: string;
  relay?: 'allow' | 'deny';
  presence?: 'allow' | 'deny';
};

type Fields = ExtendedInfo['fields'];

/** @param pubsub the pubsub service of the agent's server */
export function guildhallPersona(skill: Skill, offer: Offer, pubsub: string): Persona {
  const base = plainPersona(skill);
  const [only] = base.commands;
  if (!only) throw new Error('A plain persona has one command');
  const onCommand = (form: ExtendedInfo) => [{ ...only, info: { ...only.info, forms: [form] } }];
  switch (offer.placement) {
    case 'command':
      return { ...base, commands: onCommand(listing(skillFields(skill), offerFields(offer))) };
    case 'agent-and-command':
      return {
        ...base,
        info: { ...base.info, forms: [listing([['name', [skill.name]]], offerFields(offer))] },
        commands: onCommand(listing(skillFields(skill))),
      };
    case 'pep':
    case 'pubsub': {
      const form = listing(skillFields(skill), [['command', [skill.id]]], offerFields(offer));
      const item = { node: NS_LISTING, itemId: skill.id, open: true, payload: () => extendedElement(form) };
      return { ...base, publications: [offer.placement === 'pep' ? item : { ...item, service: pubsub }] };
    }
  }
}

function listing(...parts: Fields[]): ExtendedInfo {
  return { formType: NS_LISTING, fields: parts.flat() };
}

function skillFields(skill: Skill): Fields {
  return [
    ['name', [skill.name]],
    ['description', [skill.description]],
    ['category', [skill.category]],
    ['tags', skill.tags],
    ['lang', skill.lang],
    ['query', skill.queries],
  ];
}

function offerFields({ price, location, terms, relay, presence }: Offer): Fields {
  const stated: [string, string | undefined][] = [
    ['price_amount', price?.amount],
    ['price_currency', price?.currency],
    ['price_unit', price?.unit],
    ['lat', location?.lat],
    ['lon', location?.lon],
    ['terms', terms],
    ['relay', relay],
    ['presence', presence],
  ];
  return stated.flatMap(([name, value]) => (value === undefined ? [] : [[name, [value]] as const]));
}
