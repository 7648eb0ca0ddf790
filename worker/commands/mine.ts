/** The command that shows an agent what is said of it, and lets it correct or hide it. */

import type { SaidListing } from '../../db/corrections.ts';
import { applyCorrections, correctionOf } from '../../market/corrections.ts';
import { isProblem, problem } from '../../market/problem.ts';
import type { Corrections } from '../../market/registration.ts';
import type { Deps } from '../../operations/deps.ts';
import { correct, type Mine, mine } from '../../operations/mine.ts';
import type { Note } from '../../protocol/commands.ts';
import type { Field } from '../../protocol/data-form.ts';
import { changesOf, readSaid, type Said, saidFields } from './correction-form.ts';
import { ask, type Choice, type Column, checkField, choiceField, table, timeText } from './fields.ts';
import type { Caller, Command, Stage, Step } from './step.ts';
import { isChecked, single, type Values } from './values.ts';

export const nodeMine = 'mine';

export const mineLimits = {
  /** Rows of one stage: a stanza must stay well below what servers take. */
  rowsMax: 50,
  /** Listings that are offered as choices; others are named by their node. */
  choicesMax: 100,
  labelCharsMax: 80,
} as const;

/** @param wake tells the crawler that something is due */
export function mineCommand(deps: Deps, wake: () => void): Command {
  return {
    node: nodeMine,
    name: 'What the directory says of me',
    about: {
      description: 'Shows what the directory says of you, and lets you correct or hide it.',
      fields: [taskField, optionalListing([])],
    },
    async start(caller) {
      const said = await mine(deps, caller);
      return taskStage(deps, caller, wake, said);
    },
  };
}

const tasks: Choice[] = [
  { value: 'show', label: 'Show everything, with each source' },
  { value: 'correct', label: 'Correct or hide one listing' },
];

const taskField = choiceField('task', 'What to do', tasks, 'show');

function optionalListing(choices: Choice[]): Field {
  const choice = choiceField('listing', 'Which listing, to correct it', choices, '');
  return { ...choice, values: [], required: false };
}

function taskStage(deps: Deps, caller: Caller, wake: () => void, said: Mine): Stage {
  const { listings, hidden, registration } = said;
  const choices = [
    ...listings.map(({ listing }) => ({
      value: listing.node,
      label: `${listing.name} (${listing.kind})`.slice(0, mineLimits.labelCharsMax).toWellFormed(),
    })),
    ...hidden.map((node) => ({ value: node, label: `${node} (hidden)`.slice(0, mineLimits.labelCharsMax) })),
  ];
  const offered = [...new Map(choices.reverse().map((choice) => [choice.value, choice])).values()].reverse();
  const choice = optionalListing(offered.slice(0, mineLimits.choicesMax));
  const isOpen = offered.length > mineLimits.choicesMax;
  const open = { datatype: 'xs:string', method: 'open', min: null, max: null, regex: null } as const;
  const state = registration
    ? `Your lease ${registration.state === 'live' ? 'runs' : 'ran'} until ${timeText(registration.leaseUntil)}.`
    : 'You are not registered.';
  return {
    form: ask(
      'What the directory says of you',
      `${count(listings.length, 'listing')} of ${caller.jid}. ${state}`,
      [taskField, { ...choice, validation: isOpen ? open : null }],
    ),
    actions: ['next'],
    async submit(values) {
      if (single(values, 'task') === 'show') return tablePage(said, 0);
      const node = single(values, 'listing');
      if (!node) return fieldProblem('listing', 'expected the listing to correct');
      const isKnown = hidden.includes(node) || listings.some(({ listing }) => listing.node === node);
      return isKnown
        ? correctStage(deps, caller, wake, said, node)
        : fieldProblem('listing', 'expected one of yours');
    },
  };
}

const columns: Column[] = [
  { name: 'node', label: 'Node' },
  { name: 'kind', label: 'Kind' },
  { name: 'name', label: 'Name' },
  { name: 'sources', label: 'Said by, and when' },
  { name: 'since', label: 'Listed since' },
  { name: 'id', label: 'Id' },
];

/** A page of the table; the last one ends the command. */
function tablePage({ listings, hidden }: Mine, from: number): Step {
  const rows = [...listings.map(rowOf), ...hidden.map((node) => [node, '', '(hidden)', [], '', ''])];
  const page = table('What the directory says of you', columns, rows.slice(from, from + mineLimits.rowsMax));
  const next = from + mineLimits.rowsMax;
  if (next >= rows.length)
    return { result: page, notes: [info(`${count(listings.length, 'listing')} in all.`)] };
  return {
    form: page,
    actions: ['next', 'complete'],
    async submit(_values, action) {
      return action === 'next'
        ? tablePage({ registration: null, listings, hidden }, next)
        : { result: null, notes: [] };
    },
  };
}

function rowOf({ listing, sources, firstSeen }: SaidListing): (string | string[])[] {
  const said = sources.map(({ source, at }) => `${source} ${timeText(at)}`);
  return [listing.node, listing.kind, listing.name, said, timeText(firstSeen), listing.id];
}

function correctStage(deps: Deps, caller: Caller, wake: () => void, said: Mine, node: string): Stage {
  const corrections = said.registration?.corrections ?? {};
  const isHidden = correctionOf(corrections, node).hidden ?? false;
  const before = shownOf(said.listings, corrections, node);
  return {
    form: ask(
      'Correct a listing',
      `What is to be said of ${node}. Fields that you leave as they are stay as they are.`,
      [
        ...saidFields(before, false),
        checkField('hidden', 'Hide the listing: it is removed at once', isHidden),
        checkField('restore', 'Forget all of my corrections of it'),
      ],
    ),
    actions: ['complete'],
    async submit(values) {
      const change = changeOf(values, before);
      if (isProblem(change)) return change;
      const saved = await correct(deps, caller, node, change);
      if (isProblem(saved)) return saved;
      wake();
      const text = saved.hidden
        ? 'It is hidden.'
        : 'It is kept, and shows as soon as you were looked at, within seconds.';
      return { result: null, notes: [info(text)] };
    },
  };
}

function changeOf(values: Values, before: Said) {
  if (isChecked(values, 'restore')) return null;
  const after = readSaid(values);
  return isProblem(after) ? after : { ...changesOf(before, after), hidden: isChecked(values, 'hidden') };
}

/** What is said of the listing as soon as what was corrected earlier is applied. */
function shownOf(listings: SaidListing[], corrections: Corrections, node: string): Said {
  const found = listings.find(({ listing }) => listing.node === node)?.listing;
  const [shown] = found ? applyCorrections([found], corrections) : [];
  const own = correctionOf(corrections, node);
  return {
    name: shown?.name ?? own.name ?? null,
    description: shown?.description ?? own.description ?? null,
    category: shown?.category ?? own.category ?? null,
    tags: shown?.tags ?? own.tags ?? [],
    lang: shown?.lang ?? own.lang ?? [],
    price: shown?.price ?? own.price ?? null,
    terms: shown?.terms ?? own.terms ?? null,
  };
}

function fieldProblem(pointer: string, detail: string) {
  return problem('invalid-parameter', 'A field is not accepted.', [{ pointer, detail }]);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function info(text: string): Note {
  return { type: 'info', text };
}
