/**
 * XEP-0141: Data Forms Layout (1.1), read only: in which order a form's fields are shown, and what is said about each.
 * https://xmpp.org/extensions/xep-0141.html
 */

import { NS_LAYOUT } from './namespaces.ts';
import { cleanLine, token } from './text.ts';
import type { Element } from './xml.ts';

export type LaidOutField = {
  var: string;
  /** The labels of the pages and sections that it stands in, and the texts that stand before it there. */
  about: string | null;
};

export const layoutLimits = {
  fieldsMax: 200,
  /** Elements of all pages together that are read; further ones are not seen. */
  partsMax: 2_000,
  varCharsMax: 200,
  lineCharsMax: 500,
} as const;

/** The fields that the pages of a form name, in their order, each once; none where the form has no pages. */
export function readLayout(form: Element): LaidOutField[] {
  const found = new Map<string, LaidOutField>();
  let parts = 0;
  const walk = (parent: Element, above: string[]) => {
    let texts: string[] = [];
    for (const part of parent.getChildElements()) {
      if (part.getNS() !== NS_LAYOUT || ++parts > layoutLimits.partsMax) continue;
      if (part.name === 'text') texts.push(part.text());
      if (part.name === 'section' || part.name === 'page')
        walk(part, [...above, part.attrs.label ?? '', ...texts.splice(0)]);
      if (part.name !== 'fieldref') continue;
      const name = token(part.attrs.var, layoutLimits.varCharsMax);
      const about = cleanLine([...above, ...texts].filter(Boolean).join(': '), layoutLimits.lineCharsMax);
      if (name && !found.has(name) && found.size < layoutLimits.fieldsMax)
        found.set(name, { var: name, about: about || null });
      texts = [];
    }
  };
  walk(form, []);
  return [...found.values()];
}
