/**
 * Guildhall's own: a provider's answer to a call for proposals as the form that it was sent (XEP-0004), submitted in a
 * message. The form names the call, or the message's thread does.
 */

import { type Form, formNamespace, formValue, formValues, readForm } from '../data-form.ts';
import { NS_DATA, NS_REQUEST } from '../namespaces.ts';
import { token } from '../text.ts';
import type { Element } from '../xml.ts';

export type RequestAnswer = {
  /** The call's id. */
  id: string;
  answer: 'propose' | 'refuse';
  /** What was filled in, as it was. */
  form: Form;
  words: string;
};

const idCharsMax = 100;
const idPattern = /^r[A-Za-z0-9_-]{22}$/;

/**
 * Null where the message carries no such form. One that is sent back as cancelled (§3.1) refuses.
 * @throws {ParseError} where the form is not as a form must be
 */
export function readRequestAnswer(message: Element): RequestAnswer | null {
  const element = message.is('message') ? message.getChild('x', NS_DATA) : undefined;
  const { type } = element?.attrs ?? {};
  if (!element || message.attrs.type === 'error' || (type !== 'submit' && type !== 'cancel')) return null;
  const form = readForm(element);
  const namespace = formNamespace(form);
  const thread = token(message.getChildText('thread'), idCharsMax);
  const isThread = thread !== null && idPattern.test(thread);
  if (namespace !== NS_REQUEST && !(namespace === null && isThread)) return null;
  const id = token(formValue(form, 'request'), idCharsMax) ?? (isThread ? thread : null);
  if (id === null) return null;
  const isRefusal = type === 'cancel' || formValue(form, 'answer') === 'refuse';
  return { id, answer: isRefusal ? 'refuse' : 'propose', form, words: formValues(form, 'words').join('\n') };
}
