import { readFileSync } from 'node:fs';
import type { Element } from '../../protocol/xml.ts';
import { parseXml } from './xml.ts';

/** A page's stanzas, by who says them and their name: the comment that each block begins with. */
export class Page {
  text: string;
  #stanzas = new Map<string, string>();
  #used = new Set<string>();

  constructor(path: string) {
    this.text = readFileSync(path, 'utf8');
    for (const [, block = ''] of this.text.matchAll(/^```xml\n([\s\S]*?)^```$/gm)) {
      const [, title, stanza = ''] = /^<!-- ([a-z]+(?: [a-z]+)+: [a-z-]+) -->\n([\s\S]*)$/.exec(block) ?? [];
      if (!title) throw new Error(`a block of ${path} has no title: ${block.slice(0, 80)}`);
      if (this.#stanzas.has(title)) throw new Error(`${path} has two blocks '${title}'`);
      this.#stanzas.set(title, stanza);
    }
  }

  /** What the page's JSON blocks say, in their order. */
  get json(): object[] {
    return [...this.text.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, block = '']) => JSON.parse(block));
  }

  /** Blocks that nobody has asked for. */
  get unused(): string[] {
    return [...this.#stanzas.keys()].filter((title) => !this.#used.has(title));
  }

  /** The names of what somebody says. */
  namesOf(who: string): string[] {
    const titles = [...this.#stanzas.keys()].filter((title) => title.startsWith(`${who}: `));
    return titles.map((title) => title.slice(who.length + 2));
  }

  /** @param replacements texts of the page and what stands for them, longest first */
  stanza(title: string, replacements: [string, string][]): Element {
    const stanza = this.#stanzas.get(title);
    if (stanza === undefined) throw new Error(`the page has no block '${title}'`);
    this.#used.add(title);
    // In one go, so that what was put in is not replaced again.
    const pattern = new RegExp(replacements.map(([text]) => text.replaceAll('.', '\\.')).join('|'), 'g');
    const known = new Map(replacements);
    return parseXml(stanza.replaceAll(pattern, (text) => known.get(text) ?? text));
  }
}

/** Attributes whose values differ from one time to the next, and those that are words for people. */
const VARYING = new Set(['id', 'sessionid']);
const WORDS = new Set(['label', 'name']);

/**
 * What two stanzas have in common that say the same at another time: elements and attributes, the values of those that
 * steer a program, and what can be chosen. Siblings alike count once.
 */
export function shapeOf(element: Element, isOption = false, inherited = ''): string {
  // A namespace that an element has in any case says nothing.
  const xmlns = element.attrs.xmlns ?? inherited;
  const attrs = Object.entries(element.attrs)
    .filter(([name, value]) => name !== 'xmlns' || value !== inherited)
    .filter(([name, value]) => name !== 'xml:lang' && value !== undefined && !VARYING.has(name))
    .map(([name, value]) => (WORDS.has(name) ? name : `${name}=${value}`));
  const children = element
    .getChildElements()
    .map((child) => shapeOf(child, element.name === 'option', xmlns));
  const distinct = children.filter((child, at) => child !== children[at - 1]);
  const text = isOption ? element.text() : '';
  // A form's field says the same wherever its parts stand.
  const ordered = element.name === 'field' ? distinct.sort() : distinct;
  return `<${[element.name, ...attrs.sort()].join(' ')}>${text}${ordered.join('')}</>`;
}
