/**
 * XEP-0221: Data Forms Media Element (1.0).
 * https://xmpp.org/extensions/xep-0221.html
 *
 * What stands beside a field's values: one or more addresses of the same picture, sound or other data, each with its type.
 */

import { safeLink } from './link.ts';
import { NS_MEDIA } from './namespaces.ts';
import { cleanLine } from './text.ts';
import { type Element, xml } from './xml.ts';

export type MediaUri = { type: string; uri: string };

export const mediaLimits = { urisMax: 20, typeCharsMax: 200 } as const;

/** RFC 6838 §4.2, with parameters. */
const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}( *;.*)?$/;

/** XEP-0231 §2.1: data that the sender keeps, by its hash. */
const CONTENT_ID = /^cid:[a-z0-9-]{1,20}\+[A-Za-z0-9]{16,128}@bob\.xmpp\.org$/;

/** The address, where it is one by which data may be had: https, xmpp, or of bits of binary; null otherwise. */
export function mediaUri(text: string): string | null {
  const trimmed = text.trim();
  if (CONTENT_ID.test(trimmed)) return trimmed;
  const link = safeLink(trimmed);
  return link && /^(https|xmpp):/.test(link) ? link : null;
}

/** What can be used of a `<media/>`: the first addresses that have a type, as §5 wants. A field stands without it. */
export function readMedia(element: Element | undefined): MediaUri[] {
  if (!element) return [];
  const uris = element.getChildren('uri', NS_MEDIA).slice(0, mediaLimits.urisMax);
  return uris.flatMap((each) => {
    const uri = mediaUri(each.text());
    const type = cleanLine(each.attrs.type ?? '', mediaLimits.typeCharsMax);
    return uri !== null && MEDIA_TYPE.test(type) ? [{ type, uri }] : [];
  });
}

export function writeMedia(media: MediaUri[]): Element {
  return xml(
    'media',
    { xmlns: NS_MEDIA },
    media.map(({ type, uri }) => xml('uri', { type }, uri)),
  );
}
