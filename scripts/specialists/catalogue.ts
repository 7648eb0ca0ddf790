/** All sample specialists: who they are, where they live, and how they speak. */
import { aiSnsPersona } from './ai-sns.ts';
import { guildhallPersona, type Offer } from './guildhall.ts';
import type { Persona } from './persona.ts';
import { plainPersona } from './plain.ts';
import type { Skill } from './skill.ts';
import { addressParts } from './skills/address-parts.ts';
import { colourContrast } from './skills/colour-contrast.ts';
import { currency } from './skills/currency.ts';
import { explainCron } from './skills/explain-cron.ts';
import { formatJson } from './skills/format-json.ts';
import { geocodeCity } from './skills/geocode-city.ts';
import { hashText } from './skills/hash-text.ts';
import { language } from './skills/language.ts';
import { loan } from './skills/loan.ts';
import { qrCode } from './skills/qr-code.ts';
import { romanNumerals } from './skills/roman-numerals.ts';
import { slug } from './skills/slug.ts';
import { textStatistics } from './skills/text-statistics.ts';
import { timeZones } from './skills/time-zones.ts';
import { units } from './skills/units.ts';
import { workingDays } from './skills/working-days.ts';

export type Specialist = {
  account: string;
  /** Which of the stack's servers it lives on; with one server, all live there. */
  domainIndex: number;
  skill: Skill;
} & ({ dialect: 'ai-sns' | 'plain' } | { dialect: 'guildhall'; offer: Offer });

/** The password of every sample account; they exist on development servers only. */
export const samplePassword = 'a sample specialist';

const terms = 'A sample for development: no warranty, no charge is ever made.';
const money = { amount: '0.01', currency: 'EUR', unit: 'call' };

export const specialists: readonly Specialist[] = [
  { account: 'cron', domainIndex: 0, dialect: 'plain', skill: explainCron },
  { account: 'statistics', domainIndex: 1, dialect: 'plain', skill: textStatistics },
  { account: 'hash', domainIndex: 0, dialect: 'plain', skill: hashText },
  { account: 'workdays', domainIndex: 1, dialect: 'plain', skill: workingDays },
  { account: 'json', domainIndex: 0, dialect: 'plain', skill: formatJson },
  { account: 'address', domainIndex: 1, dialect: 'plain', skill: addressParts },
  { account: 'language', domainIndex: 0, dialect: 'ai-sns', skill: language },
  { account: 'qr', domainIndex: 1, dialect: 'ai-sns', skill: qrCode },
  { account: 'contrast', domainIndex: 0, dialect: 'ai-sns', skill: colourContrast },
  { account: 'roman', domainIndex: 1, dialect: 'ai-sns', skill: romanNumerals },
  { account: 'slug', domainIndex: 0, dialect: 'ai-sns', skill: slug },
  {
    account: 'currency',
    domainIndex: 0,
    dialect: 'guildhall',
    skill: currency,
    offer: { placement: 'command', price: money, terms, relay: 'allow', presence: 'allow' },
  },
  {
    account: 'units',
    domainIndex: 1,
    dialect: 'guildhall',
    skill: units,
    offer: { placement: 'command', price: { ...money, amount: '0' }, relay: 'allow' },
  },
  {
    account: 'timezones',
    domainIndex: 0,
    dialect: 'guildhall',
    skill: timeZones,
    offer: { placement: 'pep', price: { amount: '0.005', currency: 'USD', unit: 'call' }, presence: 'allow' },
  },
  {
    account: 'geocode',
    domainIndex: 1,
    dialect: 'guildhall',
    skill: geocodeCity,
    offer: {
      placement: 'pep',
      price: { amount: '0.02', currency: 'EUR', unit: 'call' },
      location: { lat: '48.8566', lon: '2.3522' },
      terms,
      relay: 'allow',
      presence: 'deny',
    },
  },
  {
    account: 'loan',
    domainIndex: 1,
    dialect: 'guildhall',
    skill: loan,
    offer: {
      placement: 'agent-and-command',
      price: { amount: '0.10', currency: 'CHF', unit: 'call' },
      location: { lat: '47.3769', lon: '8.5417' },
      relay: 'deny',
      presence: 'allow',
    },
  },
];

/** The domain that a specialist lives on, given those that the stack has. */
export function domainOf(specialist: Specialist, domains: readonly string[]): string {
  const domain = domains[specialist.domainIndex] ?? domains[0];
  if (!domain) throw new Error('The stack has no XMPP domain');
  return domain;
}

/** What the directory should list once everybody is online: a listing's name and its provider's bare JID. */
export function expectedListings(
  domains: readonly string[] = ['agents.test', 'works.test'],
): { name: string; jid: string }[] {
  return specialists.map((specialist) => ({
    name: specialist.skill.name,
    jid: `${specialist.account}@${domainOf(specialist, domains)}`,
  }));
}

/** How a specialist presents itself in its dialect. */
export function personaOf(specialist: Specialist, bareJid: string): Persona {
  switch (specialist.dialect) {
    case 'plain':
      return plainPersona(specialist.skill);
    case 'ai-sns':
      return aiSnsPersona(specialist.skill, bareJid);
    case 'guildhall':
      return guildhallPersona(specialist.skill, specialist.offer);
  }
}
