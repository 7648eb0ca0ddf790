/**
 * Guildhall's own: one change of the directory, the payload of an item of the node `urn:guildhall:news:0`, whose id is the
 * change's number. A listing that was put has its form within.
 */

import { type Form, readForm, writeForm } from '../data-form.ts';
import { NS_DATA, NS_NEWS } from '../namespaces.ts';
import { ParseError } from '../parse-error.ts';
import { token } from '../text.ts';
import { type Element, expectElement, xml } from '../xml.ts';

export type News = {
  op: 'put' | 'delete';
  /** The listing's public id. */
  listing: string;
  /** When it changed: RFC 3339. */
  at: string;
  /** The listing as it is, of FORM_TYPE `urn:guildhall:listing:0`; null where it is gone. */
  form: Form | null;
};

const listingCharsMax = 4_096;

/** @throws {ParseError} where the element is none, or says nothing of what it has to */
export function readNews(element: Element): News {
  expectElement(element, 'change', NS_NEWS);
  const { op } = element.attrs;
  const listing = token(element.attrs.listing, listingCharsMax);
  const at = token(element.attrs.at, 40);
  if ((op !== 'put' && op !== 'delete') || !listing || !at)
    throw new ParseError('the change lacks an attribute');
  const form = element.getChild('x', NS_DATA);
  return { op, listing, at, form: form ? readForm(form) : null };
}

export function writeNews({ op, listing, at, form }: News): Element {
  return xml('change', { xmlns: NS_NEWS, op, listing, at }, form && writeForm(form));
}
