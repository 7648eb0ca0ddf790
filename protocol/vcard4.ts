/**
 * XEP-0292: vCard4 Over XMPP (0.12), in the XML of RFC 6351; read only, and only what describes a service.
 * https://xmpp.org/extensions/xep-0292.html
 */

import { safeLink } from './link.ts';
import { NS_VCARD4 } from './namespaces.ts';
import { cleanLine, cleanText, token } from './text.ts';
import { type Element, expectElement } from './xml.ts';

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
