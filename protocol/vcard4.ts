/**
 * XEP-0292: vCard4 Over XMPP (0.12), in the XML of RFC 6351: only what describes a service.
 * https://xmpp.org/extensions/xep-0292.html
 */

import { safeLink } from './link.ts';
import { NS_VCARD4 } from './namespaces.ts';
import { cleanLine, cleanText, token } from './text.ts';
import { type Element, expectElement, xml } from './xml.ts';

/** Mail and postal addresses and telephone numbers are left unread: nobody asked a directory to repeat them. */
export type Vcard4 = {
  fn: string | null;
  nicknames: string[];
  note: string | null;
  urls: string[];
  org: string | null;
  /** Language tags (BCP 47) in lower case, as stated. */
  langs: string[];
};

export const vcard4Limits = {
  valuesMax: 20,
  lineCharsMax: 200,
  noteCharsMax: 4000,
  langCharsMax: 35,
} as const;

const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,4}$/;

/** Reads a vCard; of properties with one value the first counts. @throws {ParseError} */
export function readVcard4(element: Element): Vcard4 {
  expectElement(element, 'vcard', NS_VCARD4);
  const line = (text: string) => cleanLine(text, vcard4Limits.lineCharsMax) || null;
  const all = (name: string, type: string, read: (text: string) => string | null) =>
    [...new Set(values(element, name, type).map(read))].filter((value) => value !== null);
  return {
    fn: all('fn', 'text', line)[0] ?? null,
    nicknames: all('nickname', 'text', line),
    note: all('note', 'text', (text) => cleanText(text, vcard4Limits.noteCharsMax) || null)[0] ?? null,
    urls: all('url', 'uri', safeLink),
    org: all('org', 'text', line)[0] ?? null,
    langs: all('lang', 'language-tag', language),
  };
}

/** What a service says of itself beyond what is read of others: its addresses. */
export type OwnVcard4 = Vcard4 & { emails: string[]; impps: string[] };

/** The vCard of a program (RFC 6473: of the kind `application`). */
export function writeVcard4(of: OwnVcard4): Element {
  const all = (name: string, type: string, texts: readonly (string | null)[]) =>
    texts.filter((text) => text !== null).map((text) => xml(name, {}, xml(type, {}, text)));
  return xml(
    'vcard',
    { xmlns: NS_VCARD4 },
    all('kind', 'text', ['application']),
    all('fn', 'text', [of.fn]),
    all('nickname', 'text', of.nicknames),
    all('note', 'text', [of.note]),
    all('org', 'text', [of.org]),
    all('url', 'uri', of.urls),
    all('email', 'text', of.emails),
    all('impp', 'uri', of.impps),
    all('lang', 'language-tag', of.langs),
  );
}

/** The texts of the property's values, at most `valuesMax`. */
function values(vcard: Element, name: string, type: string): string[] {
  return vcard
    .getChildren(name, NS_VCARD4)
    .slice(0, vcard4Limits.valuesMax)
    .flatMap((property) => property.getChildText(type, NS_VCARD4) ?? []);
}

function language(text: string): string | null {
  const tag = token(text.trim().toLowerCase(), vcard4Limits.langCharsMax);
  return tag && LANGUAGE.test(tag) ? tag : null;
}
