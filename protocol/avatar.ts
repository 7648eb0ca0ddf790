/**
 * XEP-0084: User Avatar (1.1). Of others the metadata is read, and the image itself never fetched.
 * https://xmpp.org/extensions/xep-0084.html
 */

import { safeLink } from './link.ts';
import { NS_AVATAR_DATA, NS_AVATAR_METADATA } from './namespaces.ts';
import { token } from './text.ts';
import { boundedChildren, type Element, expectElement, xml } from './xml.ts';

/** One form in which the avatar can be had: by `url`, or without one from the entity's data node. */
export type AvatarInfo = {
  /** SHA-1 of the image, 40 hexadecimal digits. */
  id: string;
  bytes: number;
  /** The media type, as `image/png`. */
  type: string;
  widthPixels: number | null;
  heightPixels: number | null;
  url: string | null;
};

export const avatarLimits = {
  infosMax: 20,
  bytesMax: 16_777_216,
  pixelsMax: 65_535,
  typeCharsMax: 60,
} as const;

const SHA1 = /^[0-9a-f]{40}$/i;
const MEDIA_TYPE = /^(image|video)\/[a-z0-9][a-z0-9.+-]*$/;
/** What a browser shows as a picture and nothing else: SVG can carry script. */
const BITMAPS: readonly string[] = ['image/png', 'image/webp', 'image/jpeg', 'image/gif', 'image/avif'];

/**
 * Reads the forms of an avatar; none where publishing was ended. One that lacks a hash, size or type is left out, and
 * so is a link that is not https.
 * @throws {ParseError} where the element is no avatar metadata or lists more than `avatarLimits.infosMax`.
 */
export function readAvatar(element: Element): AvatarInfo[] {
  expectElement(element, 'metadata', NS_AVATAR_METADATA);
  return boundedChildren(element, 'info', NS_AVATAR_METADATA, avatarLimits.infosMax)
    .map(readAvatarInfo)
    .filter((info) => info !== null);
}

export function writeAvatar(infos: AvatarInfo[]): Element {
  return xml(
    'metadata',
    { xmlns: NS_AVATAR_METADATA },
    infos.map((info) =>
      xml('info', {
        id: info.id,
        bytes: info.bytes,
        type: info.type,
        width: info.widthPixels,
        height: info.heightPixels,
        url: info.url,
      }),
    ),
  );
}

/** The image itself, for the data node; its item has the SHA-1 of the image for an id. */
export function writeAvatarData(base64: string): Element {
  return xml('data', { xmlns: NS_AVATAR_DATA }, base64);
}

/** The avatar as a link that a page can show. */
export function avatarLink(infos: readonly AvatarInfo[]): string | null {
  return infos.find((info) => info.url !== null && BITMAPS.includes(info.type))?.url ?? null;
}

function readAvatarInfo(element: Element): AvatarInfo | null {
  const id = token(element.attrs.id, 40);
  const bytes = whole(element.attrs.bytes, avatarLimits.bytesMax);
  const type = token(element.attrs.type, avatarLimits.typeCharsMax)?.toLowerCase();
  if (!id || !SHA1.test(id) || !bytes || !type || !MEDIA_TYPE.test(type)) return null;
  const url = safeLink(element.attrs.url);
  return {
    id: id.toLowerCase(),
    bytes,
    type,
    widthPixels: whole(element.attrs.width, avatarLimits.pixelsMax),
    heightPixels: whole(element.attrs.height, avatarLimits.pixelsMax),
    url: url?.startsWith('https:') ? url : null,
  };
}

function whole(text: string | undefined, max: number): number | null {
  const value = text && /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value <= max ? value : null;
}
