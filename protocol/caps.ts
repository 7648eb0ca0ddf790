/**
 * XEP-0115: Entity Capabilities (1.6).
 * https://xmpp.org/extensions/xep-0115.html
 */

import { createHash } from 'node:crypto';
import { type Form, formNamespace } from './data-form.ts';
import type { DiscoInfo } from './disco.ts';
import { NS_CAPS } from './namespaces.ts';
import { token } from './text.ts';
import { type Element, xml } from './xml.ts';

export type Caps = { hash: string; node: string; ver: string };

const capsCharsMax = 512;

/** Reads the `<c/>` of a presence; null where there is none of the current form. */
export function readCaps(presence: Element): Caps | null {
  const element = presence.getChild('c', NS_CAPS);
  const hash = token(element?.attrs.hash, capsCharsMax);
  const node = token(element?.attrs.node, capsCharsMax);
  const ver = token(element?.attrs.ver, capsCharsMax);
  return hash && node && ver ? { hash, node, ver } : null;
}

export function writeCaps(caps: Caps): Element {
  return xml('c', { xmlns: NS_CAPS, ...caps });
}

/** The verification string of a disco#info (§5.1), SHA-1 in base64. */
export function capsVer(info: DiscoInfo): string {
  const identities = info.identities.map(
    ({ category, type, lang, name }) => `${category}/${type}/${lang ?? ''}/${name ?? ''}<`,
  );
  const features = info.features.map((feature) => `${feature}<`);
  const forms = info.forms
    .map((form) => ({ type: formNamespace(form), form }))
    .filter(({ type }) => type !== null)
    .sort((a, b) => byOctets(a.type ?? '', b.type ?? ''))
    .map(({ form }) => formText(form));
  const text = [...identities.sort(byOctets), ...features.sort(byOctets), ...forms].join('');
  return createHash('sha1').update(text).digest('base64');
}

function formText(form: Form): string {
  const fields = form.fields
    .filter((field) => field.var !== null && field.var !== 'FORM_TYPE')
    .sort((a, b) => byOctets(a.var ?? '', b.var ?? ''))
    .map(
      (field) =>
        `${field.var}<${[...field.values]
          .sort(byOctets)
          .map((value) => `${value}<`)
          .join('')}`,
    );
  return `${formNamespace(form)}<${fields.join('')}`;
}

/** The order of i;octet (RFC 4790), in which the specification wants everything sorted. */
function byOctets(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
