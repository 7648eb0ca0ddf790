/** A call for proposals as the fields of a form, for whoever is its party. */

import type { Asked, RequestEvent } from '../../market/request/request.ts';
import type { RequestView } from '../../market/request/view.ts';
import { type Field, type FieldType, field } from '../../protocol/data-form.ts';
import { cleanLine } from '../../protocol/text.ts';
import { proposalText } from '../requests/answer-form.ts';
import { timeText } from './fields.ts';

export const requestFormLimits = { wordsCharsMax: 500 } as const;

/** What the call is, and how it stands. A provider's own answer stands in it, and nobody else's. */
export function requestFields({ request, side, own, moves, due }: RequestView): Field[] {
  const { id, state, client, need, input, budget, query, deadline, created, since, awarded, reason } =
    request;
  return [
    labelled('id', 'Call for proposals', id),
    labelled('state', 'State', state),
    labelled('side', 'Which side you are', side),
    labelled('client', 'Client', client, 'jid-single'),
    labelled('need', 'What is needed', need.split('\n'), 'text-multi'),
    labelled('input', 'What there is to work with, as JSON', JSON.stringify(input)),
    ...said('budget', 'Budget', budget && `${budget.amount} ${budget.currency}`),
    ...said('query', 'What the providers were found by', query),
    labelled('deadline', 'Until when proposals are taken', timeText(deadline)),
    labelled('created', 'Made', timeText(created)),
    labelled('since', 'In this state since', timeText(since)),
    ...said('due', 'When the directory moves if nobody does', due && timeText(due)),
    labelled('moves', 'Moves that are open to you', moves, 'text-multi'),
    ...said('reason', 'Why it was cancelled', reason),
    ...said('contract', 'The contract that was made', awarded?.contract),
    ...said('proposal', 'The proposal that was taken', awarded?.proposal),
    ...(own ? ownFields(own) : []),
  ];
}

function ownFields(own: Asked): Field[] {
  return [
    labelled('listing', 'Your listing that is meant', own.listing.id),
    labelled('standing', 'What you answered', own.standing),
    ...said('own_proposal', 'What you propose', proposalText(own)),
    ...said('own_words', 'In your words', own.proposal?.words ?? own.words),
  ];
}

/** The call whole: for its client with who was asked and what each answered, and with its history. */
export function wholeRequestFields(view: RequestView): Field[] {
  const { asked } = view.request;
  return [
    ...requestFields(view),
    ...(view.side === 'client'
      ? [
          labelled('asked', 'Who was asked, and what each answered', asked.map(askedLine), 'text-multi'),
          labelled('asked_json', 'The same as JSON', JSON.stringify(asked)),
        ]
      : []),
    labelled('history', 'Every move', view.history.map(historyLine), 'text-multi'),
  ];
}

function askedLine(asked: Asked): string {
  const { provider, listing, standing, proposal, words } = asked;
  const text = proposal?.words ?? words;
  const parts = [
    `${provider} (${cleanLine(listing.name, requestFormLimits.wordsCharsMax)}): ${standing}`,
    proposal && `${proposal.id}: ${proposalText(asked)}`,
    text && `'${cleanLine(text, requestFormLimits.wordsCharsMax)}'`,
  ];
  return parts.filter(Boolean).join(', ');
}

function historyLine({ seq, at, by, provider, move, state, data }: RequestEvent): string {
  const who = by === 'provider' && provider ? provider : by;
  const words = data.proposal?.words ?? data.words;
  const why = words ? `: '${cleanLine(words, requestFormLimits.wordsCharsMax)}'` : '';
  return `${seq} ${timeText(at)} ${who} ${move}, ${state}${why}`;
}

/** Nothing where nothing is said. */
function said(name: string, label: string, value: string | null | undefined): Field[] {
  return value ? [labelled(name, label, value)] : [];
}

function labelled(name: string, label: string, values: string | readonly string[], type?: FieldType): Field {
  const given = typeof values === 'string' ? values : [...values];
  return { ...field(name, given, type), label };
}
