/** What is missing in how an agent describes itself, or keeps it from being listed, and how its author mends it. */

import { hasIdentity } from '../protocol/disco.ts';
import { NS_COMMANDS, NS_NOINDEX } from '../protocol/namespaces.ts';
import { type Described, describe, isNoOffer } from './describe.ts';
import { cardsOf, type DatedFacts, type Facts, skillsOf, valuesOf } from './facts.ts';
import type { Listing } from './listing.ts';
import { listingAdvice } from './listing-advice.ts';
import { listingFormAdvice } from './listing-form-advice.ts';

export type Advice = {
  /** The entity, and of it the command or item. */
  where: string;
  what: string;
  mend: string;
  /** The specification that says how. */
  see: string;
};

/** Whether the capabilities in presence stand for the disco#info; `unseen` where no presence was. */
export type CapsState = 'unseen' | 'none' | 'wrong' | 'right';

export type Advised = {
  /** The bare JID. */
  jid: string;
  facts: DatedFacts;
  addresses: { address: string; answers: boolean; caps: CapsState }[];
  /** Commands whose inputs are stated nowhere were executed once, to see their first forms. */
  probed: boolean;
};

type Context = Advised & { known: Facts; described: Described; listings: Listing[] };
type Finding = Omit<Advice, 'where'> & { where?: string };
type Rule = (of: Context) => Finding | Finding[] | null;

/** Everything that can be mended, most weighty first; nothing for servers and services, which offer nothing. */
export function adviceFor(agent: Advised): Advice[] {
  const known = valuesOf(agent.facts);
  const described = describe({ jid: agent.jid, consented: true, facts: agent.facts });
  const listings = described.listings.map(({ listing }) => listing);
  const of: Context = { ...agent, known, described, listings };
  if (!isAgent(of)) return [];
  const general = agentRules.flatMap((rule) => placed(rule(of), agent.jid));
  const each = listings.flatMap((listing) =>
    placed(listingAdvice(listing, known, agent.probed), `${agent.jid} ${listing.node}`),
  );
  return [...general, ...each];
}

function placed(found: Finding | Finding[] | null, where: string): Advice[] {
  return (found === null ? [] : [found].flat()).map((finding) => ({ where, ...finding }));
}

function isAgent({ jid, known, listings }: Context): boolean {
  if (jid.includes('@') || listings.length > 0) return true;
  return (
    known.disco !== null && (hasIdentity(known.disco, 'automation') || hasIdentity(known.disco, 'client'))
  );
}

const away: Rule = ({ jid, addresses }) =>
  jid.includes('@') && addresses.length === 0
    ? {
        what: 'no address is known at which it answers for itself, so its commands could not be asked for',
        mend: 'come online and subscribe to the directory, which learns the full address from presence; for this look, give the full address (name@domain/resource)',
        see: 'RFC 6121 §3.1',
      }
    : null;

const unanswered: Rule = ({ addresses }) =>
  addresses
    .filter(({ answers }) => !answers)
    .map(({ address }) => ({
      where: address,
      what: 'its disco#info is not answered, or not by itself',
      mend: 'be online at this address, and answer disco#info with an identity and features',
      see: 'XEP-0030 §3.1',
    }));

const uncertainCaps: Rule = ({ addresses }) => addresses.map(capsFinding).filter((found) => found !== null);

function capsFinding({ address, caps }: Advised['addresses'][number]): Finding | null {
  switch (caps) {
    case 'unseen':
    case 'right':
      return null;
    case 'none':
      return {
        where: address,
        what: 'its presence carries no capabilities',
        mend: 'put <c/> with the hash of the disco#info into every presence: who knows the hash need not ask',
        see: 'XEP-0115 §4',
      };
    case 'wrong':
      return {
        where: address,
        what: 'the capabilities in its presence do not stand for its disco#info',
        mend: "compute 'ver' anew whenever the disco#info changes, over exactly what is answered",
        see: 'XEP-0115 §5.1',
      };
  }
}

const unwanted: Rule = ({ known, described }) => {
  if (!described.noindex) return null;
  const isFeature = known.disco?.features.includes(NS_NOINDEX);
  return {
    what: `it says that it does not want to be listed (${isFeature ? `the feature ${NS_NOINDEX}` : 'index=deny in its listing form'})`,
    mend: `if it does, take ${isFeature ? 'the feature out of the disco#info' : 'the field out of the form'}`,
    see: 'docs/list-your-agent.md',
  };
};

/** An identity is to blame where the agent would be listed without it. */
const takenForAPerson: Rule = ({ jid, facts, known, listings }) => {
  if (!known.disco || !facts.disco || listings.length > 0) return null;
  const { disco } = known;
  const { seen } = facts.disco;
  const wouldList = (identities: typeof disco.identities) =>
    describe({
      jid,
      consented: true,
      facts: { ...facts, disco: { value: { ...disco, identities }, seen } },
    }).listings.length > 0;
  const others = disco.identities.filter(({ category }) => category !== 'client');
  if (!wouldList(others)) return null;
  return disco.identities
    .filter((identity) => identity.category === 'client' && !wouldList([...others, identity]))
    .map(({ type }) => ({
      what: `its identity client/${type} is that of a program for people, which is never listed`,
      mend: 'state automation/agent or client/bot in its place',
      see: 'XEP-0030 §3.1, the registry of identities',
    }));
};

const unidentified: Rule = ({ known }) =>
  known.disco?.identities.length === 0
    ? {
        what: 'its disco#info states no identity',
        mend: 'state at least one, such as automation/agent with a name',
        see: 'XEP-0030 §3.1',
      }
    : null;

const unannounced: Rule = ({ known }) =>
  known.commands.length > 0 && known.disco && !known.disco.features.includes(NS_COMMANDS)
    ? {
        what: `it has commands, but its disco#info lacks the feature ${NS_COMMANDS}`,
        mend: 'state the feature: without it only agents that subscribed or registered are asked for commands',
        see: 'XEP-0050 §2.1',
      }
    : null;

const nameless: Rule = ({ known, listings }) =>
  listings.some(({ provider }) => provider.name === null)
    ? {
        what: 'it has no name of its own',
        mend: `give an identity of its disco#info a name${cardsOf(known).length > 0 ? ', or the card' : ''}`,
        see: 'XEP-0030 §3.1',
      }
    : null;

const offersNothing: Rule = (of) => {
  const { described, listings, addresses, known } = of;
  if (listings.length > 0 || described.noindex || takenForAPerson(of)) return null;
  if (!addresses.some(({ answers }) => answers)) return null;
  const isAdministrative = known.commands.length > 0 && known.commands.every(({ node }) => isNoOffer(node));
  return {
    what: isAdministrative
      ? 'its only commands are administrative or carry a protocol of their own, so there is nothing to list'
      : 'it offers nothing: no commands, no card, no listing form',
    mend: 'answer disco#items of the node http://jabber.org/protocol/commands with its commands, or publish a card or listing form',
    see: 'XEP-0050 §2.2, docs/list-your-agent.md',
  };
};

/** A card or form names a command that is not there; only what was heard whole can be said to lack one. */
const strayNames: Rule = ({ jid, facts, known }) => {
  if (!facts.commands) return null;
  const listed = new Set(known.commands.map(({ node }) => node));
  const named = [
    ...skillsOf(known).map(({ node }) => ({ node, by: 'card' })),
    ...known.listings.map(({ listing }) => ({ node: listing.command, by: 'listing form' })),
  ];
  return named.flatMap(({ node, by }) =>
    node === null || listed.has(node)
      ? []
      : {
          where: `${jid} ${node}`,
          what: `the ${by} names this command, which the command list does not have`,
          mend: 'name the node exactly as the command list does, or add the command to the list',
          see: 'XEP-0050 §2.2',
        },
  );
};

const badForms: Rule = ({ jid, known }) => [
  ...listingFormAdvice(jid, known.disco),
  ...known.commands.flatMap(({ node, info }) => listingFormAdvice(`${jid} ${node}`, info)),
];

const agentRules: Rule[] = [
  away,
  unanswered,
  unwanted,
  takenForAPerson,
  offersNothing,
  unidentified,
  unannounced,
  badForms,
  strayNames,
  nameless,
  uncertainCaps,
];
