/**
 * XEP-0070: Verifying HTTP Requests via XMPP (1.0).
 * https://xmpp.org/extensions/xep-0070.html
 */

import { NS_HTTP_AUTH } from './namespaces.ts';
import { ParseError } from './parse-error.ts';
import { type Condition, readStanzaError } from './stanza-error.ts';
import { cleanText, token } from './text.ts';
import { type Element, expectElement, xml } from './xml.ts';

/** The HTTP request that is to be confirmed: its method, its address, and the transaction's identifier. */
export type Confirm = { id: string; method: string; url: string };

/**
 * What was said to a request, whichever way it came. A message without `<confirm/>` comes from a client that shows its
 * user nothing but the body: whether its words mean anything is for whoever asked.
 */
export type ConfirmAnswer = {
  granted: boolean;
  confirm: Confirm | null;
  thread: string | null;
  words: string | null;
  /** Why it was not granted: `not-authorized` where somebody denied it (§4.6). */
  condition: Condition | null;
};

export const confirmLimits = {
  idCharsMax: 200,
  urlCharsMax: 2_000,
  threadCharsMax: 200,
  wordsCharsMax: 500,
} as const;

/** §4.5: an NCName. */
const METHOD = /^[A-Za-z_][A-Za-z0-9_.-]{0,30}$/;

export function writeConfirm({ id, method, url }: Confirm): Element {
  return xml('confirm', { xmlns: NS_HTTP_AUTH, id, method, url });
}

/** @throws {ParseError} where the element lacks an attribute, or one is too long. */
export function readConfirm(element: Element): Confirm {
  expectElement(element, 'confirm', NS_HTTP_AUTH);
  const id = token(element.attrs.id, confirmLimits.idCharsMax);
  const url = token(element.attrs.url, confirmLimits.urlCharsMax);
  const method = element.attrs.method ?? '';
  if (!id || !url || !METHOD.test(method)) throw new ParseError('<confirm/> lacks its id, method or url');
  return { id, method, url };
}

/** §4.5: the request in a message, for a bare JID: whichever of its clients is there shows the body. */
export function writeConfirmMessage(of: {
  to: string;
  thread: string;
  body: string;
  confirm: Confirm;
}): Element {
  return xml(
    'message',
    { to: of.to, type: 'normal', id: of.thread },
    xml('thread', {}, of.thread),
    xml('body', {}, of.body),
    writeConfirm(of.confirm),
  );
}

/**
 * The answer that a message may be (§4.6); null where it is about something else. Whose answer to which request it is
 * remains to be compared: by sender, thread and id.
 * @throws {ParseError} where its `<confirm/>` is not as it must be: it is then no answer.
 */
export function readConfirmMessage(message: Element): ConfirmAnswer | null {
  if (!message.is('message')) return null;
  const type = message.attrs.type ?? 'normal';
  if (type === 'groupchat' || type === 'headline') return null;
  const element = message.getChild('confirm', NS_HTTP_AUTH);
  const thread = token(message.getChildText('thread')?.trim(), confirmLimits.threadCharsMax);
  const words = cleanText(message.getChildText('body') ?? '', confirmLimits.wordsCharsMax) || null;
  if (!element && !thread && !words) return null;
  const isError = type === 'error';
  return {
    granted: !isError && element !== undefined,
    confirm: element ? readConfirm(element) : null,
    thread,
    words,
    condition: isError ? readStanzaError(message).condition : null,
  };
}

/**
 * The answer that an IQ is (§4.6): its id says to which request, so that the element need not be there.
 * @throws {ParseError} where the element is no result and no error.
 */
export function readConfirmResult(iq: Element): ConfirmAnswer {
  const { type } = iq.attrs;
  if (!iq.is('iq') || (type !== 'result' && type !== 'error')) throw new ParseError('an answer expected');
  const element = iq.getChild('confirm', NS_HTTP_AUTH);
  return {
    granted: type === 'result',
    confirm: element ? readConfirm(element) : null,
    thread: null,
    words: null,
    condition: type === 'error' ? readStanzaError(iq).condition : null,
  };
}
