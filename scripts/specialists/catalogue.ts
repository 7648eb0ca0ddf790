/** All sample specialists: who they are, where they live, and how they speak. */
import { aiSnsPersona } from './ai-sns.ts';
import { ardPersona } from './ard.ts';
import type { Tariff } from './bidding.ts';
import { sampleEndpoints } from './gateway/samples.ts';
import { guildhallPersona, type Offer } from './guildhall.ts';
import { leaveCommand } from './leave.ts';
import { NS_NOINDEX } from './namespaces.ts';
import { oldtimerAccount, oldtimerSkill } from './oldtimer.ts';
import type { Persona } from './persona.ts';
import { commandInfo, plainPersona } from './plain.ts';
import type { Skill } from './skill.ts';
import { addressParts } from './skills/address-parts.ts';
import { bannerSkill } from './skills/banner.ts';
import { caesarCipher } from './skills/caesar-cipher.ts';
import { checkDigits } from './skills/check-digits.ts';
import { colourContrast } from './skills/colour-contrast.ts';
import { commission } from './skills/commission.ts';
import { currency } from './skills/currency.ts';
import { easter } from './skills/easter.ts';
import { explainCron } from './skills/explain-cron.ts';
import { formatJson } from './skills/format-json.ts';
import { geocodeCity } from './skills/geocode-city.ts';
import { hashText } from './skills/hash-text.ts';
import { language } from './skills/language.ts';
import { loan } from './skills/loan.ts';
import { lostProperty } from './skills/lost-property.ts';
import { morseCode } from './skills/morse-code.ts';
import { numerals } from './skills/numerals.ts';
import { qrCode } from './skills/qr-code.ts';
import { romanNumerals } from './skills/roman-numerals.ts';
import { roundRobin } from './skills/round-robin.ts';
import { slug } from './skills/slug.ts';
import { splitBill } from './skills/split-bill.ts';
import { teaTimer } from './skills/tea-timer.ts';
import { textStatistics } from './skills/text-statistics.ts';
import { timeZones } from './skills/time-zones.ts';
import { units } from './skills/units.ts';
import { verse } from './skills/verse.ts';
import { workingDays } from './skills/working-days.ts';

export type Specialist = {
  account: string;
  /** Which of the stack's servers it lives on; with one server, all live there. */
  domainIndex: number;
  skill: Skill;
  /** How the directory comes to know of it: `room` and `pubsub` do not subscribe; all others do. */
  found?: 'pubsub' | 'room';
  /** It says that it wants to be in no directory. */
  noindex?: true;
  /** It answers calls for proposals, with a price of this tariff. */
  bids?: Tariff;
  /** It negotiates contracts: sells its skill for no less than it states, or buys others' within a budget. */
  negotiates?: 'sells' | 'buys';
  /** It only subscribes, so that nobody has it called, and has a command by which it withdraws for a while. */
  leaves?: true;
} & ({ dialect: 'ai-sns' | 'ard' | 'plain' } | { dialect: 'guildhall'; offer: Offer });

/** What the sample network runs as external components, and below the domain of which server. */
export const sampleComponents = [
  { name: 'gateway', domainIndex: 1 },
  { name: 'oldtimer', domainIndex: 0 },
] as const;

/** What the specialists' process writes when all of them are there. */
export const onlineLine = 'All specialists are online';

/** The password of every sample account; they exist on development servers only. */
export const samplePassword = 'a sample specialist';

const standardDomains = ['agents.test', 'works.test'];

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
  {
    account: 'numerals',
    domainIndex: 1,
    dialect: 'guildhall',
    skill: numerals,
    offer: { placement: 'command', price: { ...money, amount: '0', currency: 'CNY' }, presence: 'allow' },
  },
  {
    account: 'pairs',
    domainIndex: 1,
    found: 'room',
    dialect: 'guildhall',
    skill: roundRobin,
    offer: { placement: 'agent-and-command', terms },
  },
  {
    account: 'easter',
    domainIndex: 1,
    found: 'pubsub',
    dialect: 'guildhall',
    skill: easter,
    offer: { placement: 'pubsub', terms },
  },
  { account: 'morse', domainIndex: 0, dialect: 'ard', skill: morseCode },
  { account: 'bill', domainIndex: 0, dialect: 'plain', skill: splitBill },
  { account: 'tea', domainIndex: 1, dialect: 'plain', skill: teaTimer },
  { account: 'lost', domainIndex: 0, dialect: 'plain', skill: lostProperty },
  {
    account: 'brush',
    domainIndex: 0,
    bids: { base: 100, letter: 3, least: 100, undercuts: false },
    dialect: 'plain',
    skill: bannerSkill({
      id: 'paint-banner',
      name: 'Paint a banner',
      border: '~',
      query: 'paint a banner by hand',
    }),
  },
  {
    account: 'press',
    domainIndex: 1,
    bids: { base: 250, letter: 1, least: 120, undercuts: true },
    dialect: 'plain',
    skill: bannerSkill({
      id: 'print-banner',
      name: 'Print a banner',
      border: '#',
      query: 'print twenty banners',
    }),
  },
  {
    account: 'poet',
    domainIndex: 1,
    negotiates: 'sells',
    dialect: 'guildhall',
    skill: verse,
    offer: { placement: 'command', price: { amount: '4', currency: 'EUR', unit: 'verse' } },
  },
  { account: 'patron', domainIndex: 0, negotiates: 'buys', dialect: 'plain', skill: commission },
  { account: 'digits', domainIndex: 0, leaves: true, dialect: 'plain', skill: checkDigits },
  { account: 'cipher', domainIndex: 1, noindex: true, dialect: 'plain', skill: caesarCipher },
];

/** The domain that something lives on, given those that the stack has. */
export function domainOf({ domainIndex }: { domainIndex: number }, domains: readonly string[]): string {
  const domain = domains[domainIndex] ?? domains[0];
  if (!domain) throw new Error('The stack has no XMPP domain');
  return domain;
}

/** The rooms in which specialists can be met. */
export function sampleRooms(domains: readonly string[]): string[] {
  const hosts = specialists.filter(({ found }) => found === 'room');
  return [...new Set(hosts.map((specialist) => roomOf(domainOf(specialist, domains))))];
}

/** A listing's name and its provider's bare JID. */
export type SampleListing = { name: string; jid: string };

/** What the directory should list once everybody is online. */
export function expectedListings(domains: readonly string[] = standardDomains): SampleListing[] {
  const offers = specialists
    .filter(({ noindex }) => !noindex)
    .flatMap((specialist) => listingsOf(specialist, domains));
  const [gateway, oldtimer] = sampleComponents.map(
    (component) => `${component.name}.${domainOf(component, domains)}`,
  );
  const tools = sampleEndpoints.flatMap((endpoint) =>
    endpoint.tools.map(({ title }) => ({ name: title, jid: `${endpoint.account}@${gateway}` })),
  );
  return [...offers, ...tools, { name: oldtimerSkill.name, jid: `${oldtimerAccount}@${oldtimer}` }];
}

/** What the directory must not list, ever: those who do not want to be found offer it all the same. */
export function neverListed(domains: readonly string[] = standardDomains): SampleListing[] {
  return specialists
    .filter(({ noindex }) => noindex)
    .flatMap((specialist) => listingsOf(specialist, domains));
}

function listingsOf(specialist: Specialist, domains: readonly string[]): SampleListing[] {
  const jid = `${specialist.account}@${domainOf(specialist, domains)}`;
  const names = [specialist.skill.name, ...(specialist.leaves ? [leaveCommand(() => {}).name] : [])];
  return names.map((name) => ({ name, jid }));
}

/**
 * How a specialist presents itself.
 * @param leave ends its subscription now, and subscribes again after as many seconds
 */
export function personaOf(
  specialist: Specialist,
  bareJid: string,
  leave: (seconds: number) => void = () => {},
): Persona {
  const domain = bareJid.slice(bareJid.indexOf('@') + 1);
  const { found, noindex, leaves } = specialist;
  const persona = inDialect(specialist, bareJid, domain);
  const { info, commands } = persona;
  const leaving = leaveCommand(leave);
  return {
    ...persona,
    info: noindex ? { ...info, features: [...info.features, NS_NOINDEX] } : info,
    commands: leaves ? [...commands, { command: leaving, info: commandInfo(leaving) }] : commands,
    consents: found === undefined,
    // Whoever can leave only subscribes: a registration would keep it in the directory.
    registers: found === undefined && !leaves,
    ...(found === 'room' && { room: roomOf(domain) }),
  };
}

function inDialect(specialist: Specialist, bareJid: string, domain: string): Persona {
  switch (specialist.dialect) {
    case 'plain':
      return plainPersona(specialist.skill);
    case 'ai-sns':
      return aiSnsPersona(specialist.skill, bareJid);
    case 'ard':
      return ardPersona(specialist.skill, bareJid);
    case 'guildhall':
      return guildhallPersona(specialist.skill, specialist.offer, `pubsub.${domain}`);
  }
}

function roomOf(domain: string): string {
  return `specialists@rooms.${domain}`;
}
