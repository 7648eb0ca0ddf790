/**
 * XEP-0030: Service Discovery, version 2.5rc3; XEP-0115: Entity Capabilities, version 1.6.0;
 * XEP-0128: Service Discovery Extensions, version 1.0.1.
 */
import { createHash } from 'node:crypto';
import { type Element, xml } from '@xmpp/xml';
import { type ExtendedInfo, extendedElement } from './forms.ts';
import { NS_CAPS, NS_DISCO_INFO, NS_DISCO_ITEMS } from './namespaces.ts';

/** The software that the sample specialists say they are (XEP-0115 section 4). */
export const capsNode = 'https://guildhall.example/sample-specialists';

export type Identity = { category: string; type: string; name: string; lang?: string };

export type DiscoInfo = {
  identities: readonly Identity[];
  features: readonly string[];
  forms: readonly ExtendedInfo[];
};

export type DiscoItem = { jid: string; node?: string; name?: string };

/** The answer to a disco#info query. */
export function infoElement(info: DiscoInfo, node?: string): Element {
  return xml(
    'query',
    { xmlns: NS_DISCO_INFO, node },
    info.identities.map(({ category, type, name, lang }) =>
      xml('identity', { category, type, 'xml:lang': lang, name }),
    ),
    info.features.map((feature) => xml('feature', { var: feature })),
    info.forms.map(extendedElement),
  );
}

/** The answer to a disco#items query. */
export function itemsElement(items: readonly DiscoItem[], node?: string): Element {
  return xml(
    'query',
    { xmlns: NS_DISCO_ITEMS, node },
    items.map((item) => xml('item', item)),
  );
}

/** The verification string of XEP-0115 section 5.1. */
export function capsVersion({ identities, features, forms }: DiscoInfo): string {
  const parts = [
    ...identities.map(({ category, type, name, lang = '' }) => `${category}/${type}/${lang}/${name}`).sort(),
    ...[...features].sort(),
  ];
  for (const form of forms.toSorted((a, b) => (a.formType < b.formType ? -1 : 1))) {
    parts.push(form.formType);
    for (const [name, values] of form.fields.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      parts.push(name, ...[...values].sort());
    }
  }
  return createHash('sha1')
    .update(parts.map((part) => `${part}<`).join(''))
    .digest('base64');
}

/** What presence carries so that others learn the capabilities without asking each time. */
export function capsElement(info: DiscoInfo): Element {
  return xml('c', { xmlns: NS_CAPS, hash: 'sha-1', node: capsNode, ver: capsVersion(info) });
}
