/** Links that strangers state: only schemes that a person or an agent may follow safely. */

const SCHEMES = new Set(['https:', 'xmpp:', 'mailto:', 'payto:']);
const linkCharsMax = 2000;
const imageCharsMax = 32_768;
const DATA_IMAGE = /^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/;

/** The link in normal form, or null where it is none that may be shown. */
export function safeLink(text: string | null | undefined): string | null {
  if (!text || text.length > linkCharsMax) return null;
  const url = URL.parse(text.trim());
  return url && SCHEMES.has(url.protocol) && !url.username && !url.password ? url.href : null;
}

/** An https link or a bitmap in a data URI: SVG can carry script, so it is not taken. */
export function safeImage(text: string | null | undefined): string | null {
  if (text && text.length <= imageCharsMax && DATA_IMAGE.test(text)) return text;
  const link = safeLink(text);
  return link?.startsWith('https:') ? link : null;
}
