/**
 * XEP-0335: JSON Containers (0.1), with XEP-0432: Simple JSON Messaging (0.1), which names the type of what it contains.
 * https://xmpp.org/extensions/xep-0335.html, https://xmpp.org/extensions/xep-0432.html
 */

import { type Json, parseJson } from './json.ts';
import { NS_JSON, NS_JSON_MESSAGE } from './namespaces.ts';
import { token } from './text.ts';
import { type Element, expectElement, xml } from './xml.ts';

export type JsonPayload = { datatype: string | null; value: Json };

const datatypeCharsMax = 200;

/** @throws {ParseError} where the element is no container, or holds no JSON within `jsonLimits`. */
export function readJsonContainer(element: Element): Json {
  expectElement(element, 'json', NS_JSON);
  return parseJson(element.text());
}

export function writeJsonContainer(value: Json): Element {
  return xml('json', { xmlns: NS_JSON }, JSON.stringify(value));
}

/**
 * Reads a typed payload. Its JSON belongs into a container; some write it as the payload's own text.
 * @throws {ParseError} where the element is no payload, or holds no JSON within `jsonLimits`.
 */
export function readJsonPayload(element: Element): JsonPayload {
  expectElement(element, 'payload', NS_JSON_MESSAGE);
  const container = element.getChild('json', NS_JSON);
  return {
    datatype: token(element.attrs.datatype, datatypeCharsMax),
    value: container ? readJsonContainer(container) : parseJson(element.text()),
  };
}

export function writeJsonPayload(payload: JsonPayload): Element {
  return xml(
    'payload',
    { xmlns: NS_JSON_MESSAGE, datatype: payload.datatype },
    writeJsonContainer(payload.value),
  );
}
