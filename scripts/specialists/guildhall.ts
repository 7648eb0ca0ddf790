/** Guildhall's listing form, beside plain commands: on the command's node, on PEP, or spread over agent and command. */
import { type ExtendedInfo, extendedElement } from './forms.ts';
import { NS_LISTING } from './namespaces.ts';
import type { Persona } from './persona.ts';
import { plainPersona } from './plain.ts';
import type { Skill } from './skill.ts';

/** What a specialist states of its trade beyond the skill itself. */
export type Offer = {
  /** Where the listing form is: on the command, on PEP, or its general part on the agent and the rest on the command. */
  placement: 'agent-and-command' | 'command' | 'pep';
  price?: { amount: string; currency: string; unit: string };
  location?: { lat: string; lon: string };
  terms?: string;
  relay?: 'allow' | 'deny';
  presence?: 'allow' | 'deny';
};

type Fields = ExtendedInfo['fields'];

export function guildhallPersona(skill: Skill, offer: Offer): Persona {
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
    case 'pep': {
      const form = listing(skillFields(skill), [['command', [skill.id]]], offerFields(offer));
      return {
        ...base,
        publications: [
          { node: NS_LISTING, itemId: skill.id, open: true, payload: () => extendedElement(form) },
        ],
      };
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
