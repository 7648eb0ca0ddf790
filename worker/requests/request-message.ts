/** The message that tells a party of one event of a call for proposals. */

import type { Asked, CallForProposals, RequestEvent } from '../../market/request/request.ts';
import type { RequestSide } from '../../market/request/states.ts';
import { writeForm } from '../../protocol/data-form.ts';
import { type RequestNoticeEvent, writeRequestNotice } from '../../protocol/dialects/request-notice.ts';
import { cleanLine, xmlSafe } from '../../protocol/text.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { timeText } from '../commands/fields.ts';
import { callForm, callInWords, proposalForm, proposalText } from './answer-form.ts';

export const requestMessageLimits = {
  /** Of what a party wrote; the command `requests` shows it whole. */
  wordsCharsMax: 500,
  nameCharsMax: 200,
} as const;

type Told = {
  to: string;
  side: RequestSide;
  event: RequestNoticeEvent;
  id: string;
  lines: string[];
  about: Asked | null;
};

/**
 * A `normal` message, which servers keep for who is away, in the call's own thread. Its id says what it tells of, so that
 * whoever gets it twice knows it again; a provider's has no number, which would count the others' answers.
 * @param request as it is now: it may have gone on since the event
 */
export function clientMessage(request: CallForProposals, event: RequestEvent): Element {
  const about = request.asked.find(({ provider }) => provider === event.provider) ?? null;
  const told = {
    ...{ to: request.client, side: 'client' as const, id: `request-${request.id}-${event.seq}` },
    ...{ event: clientEventOf(event), lines: clientLines(request, event, about), about },
  };
  // The proposal as it was made: another may have taken its place meanwhile.
  const made = about && event.data.proposal ? { ...about, proposal: event.data.proposal } : null;
  return message(request, { ...told, about: made }, made && proposalForm(request, made), event);
}

export function providerMessage(request: CallForProposals, event: RequestEvent, asked: Asked): Element {
  const kind = providerEventOf(event, asked);
  const lines = providerLines(request, event, asked, kind);
  const told = {
    ...{ to: asked.provider, side: 'provider' as const, id: `request-${request.id}-${kind}` },
    ...{ event: kind, lines, about: asked },
  };
  return message(request, told, kind === 'cfp' ? callForm(request, asked) : null, event);
}

function message(
  { id, deadline }: CallForProposals,
  told: Told,
  form: Parameters<typeof writeForm>[0] | null,
  { state, data }: RequestEvent,
): Element {
  const proposal =
    told.event === 'cfp' || told.event === 'cancel' ? null : (told.about?.proposal?.id ?? null);
  return xml(
    'message',
    { to: told.to, id: told.id, type: 'normal', 'xml:lang': 'en' },
    xml('thread', {}, id),
    xml('body', {}, xmlSafe(told.lines.join('\n'))),
    writeRequestNotice({
      ...{ id, event: told.event, state, side: told.side, deadline: timeText(deadline), proposal },
      contract: told.event === 'accept-proposal' ? (data.contract ?? null) : null,
    }),
    form && writeForm(form),
  );
}

function clientEventOf({ move }: RequestEvent): RequestNoticeEvent {
  switch (move) {
    case 'propose':
    case 'refuse':
    case 'decide':
    case 'close':
    case 'expire':
      return move;
    case 'call':
    case 'drop':
    case 'award':
    case 'cancel':
      throw new Error(`a client is not told of '${move}'`);
  }
}

/** What happened as a provider has it: nothing says whose proposal was taken in place of its own. */
function providerEventOf({ move, provider }: RequestEvent, asked: Asked): RequestNoticeEvent {
  switch (move) {
    case 'call':
      return 'cfp';
    case 'award':
      if (provider === asked.provider) return 'accept-proposal';
      return asked.standing === 'proposed' ? 'reject-proposal' : 'close';
    case 'close':
    case 'expire':
    case 'cancel':
      return move;
    case 'propose':
    case 'refuse':
    case 'drop':
    case 'decide':
      throw new Error(`a provider is not told of '${move}'`);
  }
}

function clientLines(
  { id, asked, need }: CallForProposals,
  event: RequestEvent,
  about: Asked | null,
): string[] {
  const named = `Call for proposals ${id} (${quoted(need, requestMessageLimits.nameCharsMax)})`;
  const who = about
    ? `${about.provider} (${cleanLine(about.listing.name, requestMessageLimits.nameCharsMax)})`
    : '';
  const { proposal, words } = event.data;
  const award = "The command 'request' awards it.";
  switch (event.move) {
    case 'propose':
      return [
        `${named}: ${who} proposes ${proposalText({ ...(about as Asked), proposal: proposal ?? null })}.`,
        ...(proposal?.words ? [`In its words: ${quoted(proposal.words)}`] : []),
        award,
      ];
    case 'refuse':
      return [`${named}: ${who} refuses.`, ...(words ? [`In its words: ${quoted(words)}`] : [])];
    case 'decide': {
      const count = asked.filter(({ standing }) => standing === 'proposed').length;
      return [
        `${named}: the deadline is over, with ${count} ${count === 1 ? 'proposal' : 'proposals'}.`,
        award,
      ];
    }
    case 'close':
      return [`${named}: the deadline is over, without a proposal that can be taken.`];
    case 'expire':
      return [`${named}: it ended, since nothing was awarded in time.`];
    default:
      return [named];
  }
}

function providerLines(
  request: CallForProposals,
  { data }: RequestEvent,
  asked: Asked,
  kind: RequestNoticeEvent,
): string[] {
  const named = `Call for proposals ${request.id} of ${request.client}`;
  switch (kind) {
    case 'cfp':
      return [
        `Call for proposals ${request.id}.`,
        callInWords(request, cleanLine(asked.listing.name, requestMessageLimits.nameCharsMax)),
        "Submit the form that is in this message, or use the command 'propose'. Nobody but the client sees your proposal.",
      ];
    case 'accept-proposal':
      return [
        `${named}: your proposal is accepted, and makes the contract ${data.contract}.`,
        "The command 'contract' makes your moves in it.",
      ];
    case 'reject-proposal':
      return [`${named}: another proposal was taken.`];
    case 'close':
      return [`${named}: it ended. Nothing more is expected of you.`];
    case 'expire':
      return [`${named}: it ended, since the client took no proposal in time.`];
    case 'cancel':
      return [
        `${named}: the client withdrew it.`,
        ...(data.words ? [`In its words: ${quoted(data.words)}`] : []),
      ];
    default:
      return [named];
  }
}

/** In one line, so that nothing that a party writes looks like a line of the directory's. */
function quoted(text: string, charsMax: number = requestMessageLimits.wordsCharsMax): string {
  return `'${cleanLine(text, charsMax)}'`;
}
