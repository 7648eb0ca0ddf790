/**
 * XEP-0054: vcard-temp (1.2), with the picture of XEP-0153: vCard-Based Avatars (1.1).
 * https://xmpp.org/extensions/xep-0054.html, https://xmpp.org/extensions/xep-0153.html
 */

import { NS_VCARD, NS_VCARD_UPDATE } from './namespaces.ts';
import { cleanLine, cleanText } from './text.ts';
import { type Element, expectElement, xml } from './xml.ts';

/** What a service says of itself. */
export type VcardTemp = {
  fn: string | null;
  desc: string | null;
  url: string | null;
  email: string | null;
  jid: string | null;
  /** The picture in base64. */
  photo: { type: string; base64: string } | null;
};

const limits = { lineCharsMax: 500, textCharsMax: 4_000, photoCharsMax: 262_144 } as const;

export function vcardTempQuery(): Element {
  return xml('vCard', { xmlns: NS_VCARD });
}

/** @throws {ParseError} where the element is no vCard. */
export function readVcardTemp(element: Element): VcardTemp {
  expectElement(element, 'vCard', NS_VCARD);
  const line = (text: string | null | undefined) => cleanLine(text ?? '', limits.lineCharsMax) || null;
  const photo = element.getChild('PHOTO', NS_VCARD);
  const base64 = (photo?.getChildText('BINVAL', NS_VCARD) ?? '').replaceAll(/\s/g, '');
  const type = line(photo?.getChildText('TYPE', NS_VCARD));
  return {
    fn: line(element.getChildText('FN', NS_VCARD)),
    desc: cleanText(element.getChildText('DESC', NS_VCARD) ?? '', limits.textCharsMax) || null,
    url: line(element.getChildText('URL', NS_VCARD)),
    email: line(element.getChild('EMAIL', NS_VCARD)?.getChildText('USERID', NS_VCARD)),
    jid: line(element.getChildText('JABBERID', NS_VCARD)),
    photo: type && base64 && base64.length <= limits.photoCharsMax ? { type, base64 } : null,
  };
}

export function writeVcardTemp({ fn, desc, url, email, jid, photo }: VcardTemp): Element {
  return xml(
    'vCard',
    { xmlns: NS_VCARD },
    fn && xml('FN', {}, fn),
    fn && xml('NICKNAME', {}, fn),
    photo && xml('PHOTO', {}, xml('TYPE', {}, photo.type), xml('BINVAL', {}, photo.base64)),
    url && xml('URL', {}, url),
    email && xml('EMAIL', {}, xml('INTERNET'), xml('USERID', {}, email)),
    jid && xml('JABBERID', {}, jid),
    desc && xml('DESC', {}, desc),
  );
}

/** The part of a presence that says which picture the vCard has: the SHA-1 of the image, in hexadecimal digits. */
export function writeVcardUpdate(sha1: string): Element {
  return xml('x', { xmlns: NS_VCARD_UPDATE }, xml('photo', {}, sha1));
}
