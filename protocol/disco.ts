/**
 * XEP-0030: Service Discovery (2.5), with XEP-0128: Service Discovery Extensions (1.0).
 * https://xmpp.org/extensions/xep-0030.html, https://xmpp.org/extensions/xep-0128.html
 */

import { type Form, readForm, writeForm } from './data-form.ts';
import { formatJid, tryJid } from './jid.ts';
import { NS_DATA, NS_DISCO_INFO, NS_DISCO_ITEMS } from './namespaces.ts';
import { ParseError } from './parse-error.ts';
import { type RsmRequest, type RsmResult, readRsmResult, writeRsmRequest, writeRsmResult } from './rsm.ts';
import { cleanLine, token } from './text.ts';
import { boundedChildren, type Element, expectElement, xml } from './xml.ts';

export type Identity = { category: string; type: string; name: string | null; lang: string | null };
export type DiscoInfo = { node: string | null; identities: Identity[]; features: string[]; forms: Form[] };

export type DiscoItem = { jid: string; node: string | null; name: string | null };
export type DiscoItems = { node: string | null; items: DiscoItem[]; rsm: RsmResult | null };

export const discoLimits = {
  identitiesMax: 50,
  featuresMax: 500,
  formsMax: 20,
  itemsMax: 5000,
  nodeCharsMax: 1024,
  tokenCharsMax: 512,
  nameCharsMax: 200,
} as const;

export function infoQuery(node: string | null = null): Element {
  return xml('query', { xmlns: NS_DISCO_INFO, node });
}

export function itemsQuery(node: string | null = null, rsm: RsmRequest | null = null): Element {
  return xml('query', { xmlns: NS_DISCO_ITEMS, node }, rsm && writeRsmRequest(rsm));
}

/**
 * Reads a disco#info result. A form that cannot be read is left out: the entity's other facts stand.
 * @throws {ParseError} where the element is no disco#info or exceeds `discoLimits`.
 */
export function readInfo(element: Element): DiscoInfo {
  expectElement(element, 'query', NS_DISCO_INFO);
  const identities = boundedChildren(element, 'identity', NS_DISCO_INFO, discoLimits.identitiesMax);
  const features = boundedChildren(element, 'feature', NS_DISCO_INFO, discoLimits.featuresMax);
  const forms = boundedChildren(element, 'x', NS_DATA, discoLimits.formsMax);
  return {
    node: readNode(element),
    identities: identities.map(readIdentity).filter((identity) => identity !== null),
    features: [
      ...new Set(
        features
          .map((feature) => token(feature.attrs.var, discoLimits.tokenCharsMax))
          .filter((name) => name !== null),
      ),
    ],
    forms: forms.map(readFormOrNull).filter((form) => form !== null),
  };
}

export function writeInfo(info: DiscoInfo): Element {
  return xml(
    'query',
    { xmlns: NS_DISCO_INFO, node: info.node },
    info.identities.map((identity) =>
      xml('identity', {
        category: identity.category,
        type: identity.type,
        name: identity.name,
        'xml:lang': identity.lang,
      }),
    ),
    info.features.map((feature) => xml('feature', { var: feature })),
    info.forms.map(writeForm),
  );
}

/**
 * Reads a disco#items result; items whose address is none are left out.
 * @throws {ParseError} where the element is no disco#items or exceeds `discoLimits`.
 */
export function readItems(element: Element): DiscoItems {
  expectElement(element, 'query', NS_DISCO_ITEMS);
  return {
    node: readNode(element),
    items: boundedChildren(element, 'item', NS_DISCO_ITEMS, discoLimits.itemsMax)
      .map(readItem)
      .filter((item) => item !== null),
    rsm: readRsmResult(element),
  };
}

export function writeItems(items: DiscoItems): Element {
  return xml(
    'query',
    { xmlns: NS_DISCO_ITEMS, node: items.node },
    items.items.map((item) => xml('item', { jid: item.jid, node: item.node, name: item.name })),
    items.rsm && writeRsmResult(items.rsm),
  );
}

export function hasIdentity(info: DiscoInfo, category: string, type?: string): boolean {
  return info.identities.some(
    (identity) => identity.category === category && (!type || identity.type === type),
  );
}

function readIdentity(element: Element): Identity | null {
  const category = token(element.attrs.category, discoLimits.tokenCharsMax);
  const type = token(element.attrs.type, discoLimits.tokenCharsMax);
  if (!category || !type) return null;
  return {
    category,
    type,
    name: cleanLine(element.attrs.name ?? '', discoLimits.nameCharsMax) || null,
    lang: token(element.attrs['xml:lang'], 35),
  };
}

function readItem(element: Element): DiscoItem | null {
  const jid = tryJid(element.attrs.jid);
  // A node that is not clean cannot be asked for as it stands; the item is as good as absent.
  if (!jid || (element.attrs.node && readNode(element) === null)) return null;
  return {
    jid: formatJid(jid),
    node: readNode(element),
    name: cleanLine(element.attrs.name ?? '', discoLimits.nameCharsMax) || null,
  };
}

function readNode(element: Element): string | null {
  return token(element.attrs.node, discoLimits.nodeCharsMax);
}

function readFormOrNull(element: Element): Form | null {
  try {
    return readForm(element);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
