/** What one listing leaves unsaid, and how its author mends it. */

import { type CommandFacts, type Facts, skillsOf } from './facts.ts';
import { fieldAdvice } from './field-advice.ts';
import type { Listing } from './listing.ts';

type ListingFinding = { what: string; mend: string; see: string };
type ListingRule = (
  listing: Listing,
  known: Facts,
  probed: boolean,
) => ListingFinding | ListingFinding[] | null;

/** @param probed commands whose inputs are stated nowhere were executed once, to see their first forms */
export function listingAdvice(listing: Listing, known: Facts, probed: boolean): ListingFinding[] {
  return listingRules.flatMap((rule) => rule(listing, known, probed) ?? []);
}

const unnamed: ListingRule = ({ kind, name, node }) =>
  name === node
    ? {
        what: 'its name is nothing but its node',
        mend: `give ${kind === 'skill' ? 'the skill' : "the command list's item"} a 'name' that a person understands`,
        see: kind === 'skill' ? 'the agent card' : 'XEP-0050 §2.2',
      }
    : null;

const undescribed: ListingRule = ({ description }) =>
  description === null
    ? {
        what: 'it has no description',
        mend: 'say in a sentence what it does: in a listing form (description), a card, or the instructions of the first form',
        see: 'docs/list-your-agent.md, XEP-0004 §3',
      }
    : null;

const silentNode: ListingRule = (listing, known) =>
  commandOf(listing, known)?.heard === false
    ? {
        what: "its node's disco#info is not answered",
        mend: 'answer disco#info of the node with the identity automation/command-node, and item-not-found of others',
        see: 'XEP-0050 §2.2',
      }
    : null;

const unknownInputs: ListingRule = (listing, known, probed) => {
  if (listing.kind !== 'command' || listing.inputSchema !== null) return null;
  const command = commandOf(listing, known);
  if (command?.firstForm || command?.meta) {
    return {
      what: 'its inputs are more than a listing can hold, and are left out',
      mend: 'ask for less at once, or shorten options and descriptions',
      see: 'docs/list-your-agent.md',
    };
  }
  const see = 'XEP-0050 §2.4, XEP-0128 §2';
  const state = "state form_fields_json in a form urn:xmpp:a2a:cmd:meta in its node's disco#info";
  return probed
    ? {
        what: 'its inputs are stated nowhere, and executing it showed no form',
        mend: `answer 'execute' with status 'executing' and a form, or ${state}`,
        see,
      }
    : {
        what: 'its inputs are stated nowhere; whether its first form shows them was not looked at',
        mend: `look with --probe, which executes it once, as the directory does for agents that consented; or ${state}`,
        see,
      };
};

const badFields: ListingRule = (listing, known) => {
  const command = commandOf(listing, known);
  const skill = skillsOf(known).find(({ node }) => node === listing.node);
  // The most specific statement is the one that is listed.
  const fields = command?.meta?.fields ?? skill?.fields ?? command?.firstForm?.fields;
  return fieldAdvice(fields ?? []);
};

const untagged: ListingRule = ({ tags, lang, category }) => {
  const missing = [
    ...(tags.length > 0 ? [] : ['tags']),
    ...(lang.length > 0 ? [] : ['lang']),
    ...(category ? [] : ['category']),
  ];
  if (missing.length === 0) return null;
  return {
    what: `it states no ${missing.join(', no ')}, by which people narrow a search`,
    mend: 'add a listing form urn:guildhall:listing:0 with these fields, in a disco#info or by PEP',
    see: 'docs/list-your-agent.md',
  };
};

const lookAlike: ListingRule = ({ flags, name }) =>
  flags.includes('look-alike-name')
    ? {
        what: `its name '${name}' mixes scripts as names do that pretend to be others, and is flagged`,
        mend: 'write it in letters of one script',
        see: 'Unicode Technical Standard 39',
      }
    : null;

const notCallable: ListingRule = ({ kind, call }) =>
  kind === 'skill' && call === null
    ? {
        what: 'the card says neither which command performs the skill nor where it is called over HTTP',
        mend: 'name the command in command_node, or state transport http_jsonrpc with an https endpoint',
        see: 'the agent card',
      }
    : null;

const listingRules: ListingRule[] = [
  unnamed,
  undescribed,
  silentNode,
  unknownInputs,
  badFields,
  notCallable,
  untagged,
  lookAlike,
];

function commandOf({ kind, node }: Listing, { commands }: Facts): CommandFacts | undefined {
  return kind === 'command' ? commands.find((command) => command.node === node) : undefined;
}
