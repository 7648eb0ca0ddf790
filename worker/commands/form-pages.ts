/** Fields in as many pages as it takes for each to fit into a stanza. */

import type { Note } from '../../protocol/commands.ts';
import { type Field, type Form, form, writeForm } from '../../protocol/data-form.ts';
import { xml } from '../../protocol/xml.ts';
import type { Step } from './step.ts';

export const pageLimits = {
  /** Of a page's form, as it is sent: some servers take stanzas of 65,536 octets and no more. */
  pageBytesMax: 40_000,
  /** What has to be cut is cut only where at least this much of it goes onto the page. */
  pieceBytesMin: 4_000,
  /** How far back a cut is moved, so that it is beside no white space, which readers may drop. */
  cutBackCharsMax: 200,
} as const;

/**
 * The fields in their order, those with many or long values on several pages. Only a value that fits onto no page is cut:
 * it goes on as the first value of the same field on the next one.
 */
export function pagesOf(fields: Field[], bytesMax: number = pageLimits.pageBytesMax): Field[][] {
  const pages: Field[][] = [[]];
  let room = bytesMax;
  const begin = (field: Field) => {
    const head = { ...field, values: [] as string[] };
    pages.at(-1)?.push(head);
    room -= fieldBytes(head);
    return head;
  };
  const turn = (from: Field) => {
    if (from.values.length === 0) pages.at(-1)?.pop();
    if (pages.at(-1)?.length !== 0) pages.push([]);
    room = bytesMax;
    return begin(from);
  };
  for (const field of fields) {
    let head = begin(field);
    for (const value of field.values) {
      let rest = value;
      do {
        const size = valueBytes(rest);
        const fitsFresh = size <= bytesMax - fieldBytes({ ...field, values: [] });
        if (size > room && (fitsFresh || room < pageLimits.pieceBytesMin)) head = turn(head);
        const [piece, left] = pieceOf(rest, room - valueTagsBytes);
        head.values.push(piece);
        room -= valueBytes(piece);
        if (left !== '') head = turn(head);
        rest = left;
      } while (rest !== '');
    }
  }
  return pages;
}

/** A stage for each page; the last one ends the command. */
export function pagedStep(title: string, fields: Field[], notes: Note[] = []): Step {
  const pages = pagesOf(fields);
  const stepAt = (at: number, own: Note[]): Step => {
    const shown: Form = form('result', pages[at] ?? [], title);
    if (at >= pages.length - 1) return { result: shown, notes: own };
    const text = `Page ${at + 1} of ${pages.length}; the next goes on where this ends.`;
    return {
      form: shown,
      actions: ['next', 'complete'],
      notes: [...own, { type: 'info', text }],
      async submit(_values, action) {
        return action === 'next' ? stepAt(at + 1, []) : { result: null, notes: [] };
      },
    };
  };
  return stepAt(0, notes);
}

/** How many octets the field takes in a stanza. */
export function fieldBytes(field: Field): number {
  return Buffer.byteLength(String(writeForm(form('result', [field])))) - emptyFormBytes;
}

const emptyFormBytes = Buffer.byteLength(String(writeForm(form('result', []))));
const valueTagsBytes = '<value></value>'.length;

function valueBytes(value: string): number {
  return Buffer.byteLength(String(xml('value', {}, value)));
}

/** As much of the text as takes no more octets than that, and the rest. */
function pieceOf(text: string, bytesMax: number): [piece: string, rest: string] {
  if (valueBytes(text) - valueTagsBytes <= bytesMax) return [text, ''];
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += characterBytes(character);
    if (bytes > bytesMax) break;
    end += character.length;
  }
  for (let cut = end; cut > 0 && end - cut < pageLimits.cutBackCharsMax; cut--) {
    const beside = text.slice(cut - 1, cut + 1);
    // Nor between the halves of one character.
    if (!/\s|^[\ud800-\udbff]/.test(beside)) return [text.slice(0, cut), text.slice(cut)];
  }
  return [text.slice(0, end), text.slice(end)];
}

function characterBytes(character: string): number {
  switch (character) {
    case '&':
      return '&amp;'.length;
    case '<':
    case '>':
      return '&lt;'.length;
    default:
      return Buffer.byteLength(character);
  }
}
