import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCaps } from '../../protocol/caps.ts';
import { readCommandRequest, readCommandResponse } from '../../protocol/commands.ts';
import {
  type Field,
  type Form,
  fieldTypes,
  formLimits,
  formTypes,
  readForm,
  writeForm,
} from '../../protocol/data-form.ts';
import { readAgentCard, readCommandMeta } from '../../protocol/dialects/ai-sns.ts';
import { readListingForm } from '../../protocol/dialects/listing-form.ts';
import { readInfo, readItems } from '../../protocol/disco.ts';
import { jsonLimits, parseJson } from '../../protocol/json.ts';
import * as namespaces from '../../protocol/namespaces.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { readPresence } from '../../protocol/presence.ts';
import { readPubsubEvent, readPubsubItems } from '../../protocol/pubsub.ts';
import { readRoster } from '../../protocol/roster.ts';
import { readRsmResult } from '../../protocol/rsm.ts';
import { readStanzaError } from '../../protocol/stanza-error.ts';
import { cleanText } from '../../protocol/text.ts';
import { depthMax, Element, isWithinBounds, xml } from '../../protocol/xml.ts';
import { fixture } from '../support/xml.ts';

const readers: { [name: string]: (element: Element) => unknown } = {
  readAgentCard,
  readCaps,
  readCommandRequest,
  readCommandResponse,
  readForm,
  readInfo,
  readItems,
  readPresence,
  readPubsubEvent,
  readPubsubItems,
  readRoster,
  readRsmResult,
  readStanzaError,
  readCommandMeta: (element) => readCommandMeta(readForm(element)),
  readListingForm: (element) => readListingForm(readForm(element)),
};

const runs = Number(process.env.FUZZ_RUNS ?? 2_000);

/** Names, namespaces and attributes that the readers look for, and some that they do not. */
const names = fc.constantFrom(
  ...[
    'query',
    'x',
    'field',
    'value',
    'option',
    'validate',
    'range',
    'regex',
    'item',
    'items',
    'reported',
    'pubsub',
  ],
  ...[
    'event',
    'retract',
    'command',
    'actions',
    'complete',
    'note',
    'identity',
    'feature',
    'set',
    'first',
    'count',
  ],
  ...['agentcard', 'error', 'text', 'presence', 'c', 'iq', 'message', 'a:b', '__proto__', 'constructor'],
);
const namespace = fc.option(fc.constantFrom(...Object.values(namespaces)), { nil: undefined });
const odd = fc.constantFrom(
  '',
  ' ',
  'foo@',
  '@',
  '/x',
  '\u0000',
  '\ud800',
  '\u202e',
  'x'.repeat(5000),
  '[[[[',
  '{"skills":[null]}',
);
const text = fc.oneof(
  fc.string(),
  odd,
  fc.constantFrom(...formTypes, ...fieldTypes, 'urn:xmpp:a2a:cmd:meta'),
);
const attributes = fc.dictionary(
  fc.constantFrom(
    'type',
    'var',
    'node',
    'jid',
    'from',
    'name',
    'category',
    'id',
    'status',
    'action',
    'ver',
    'xml:lang',
  ),
  text,
);
const { element } = fc.letrec<{ element: Element }>((tie) => ({
  element: fc
    .tuple(
      names,
      namespace,
      attributes,
      fc.array(fc.oneof({ maxDepth: 4 }, text, tie('element')), { maxLength: 6 }),
    )
    .map(([name, xmlns, attrs, children]) => xml(name, { ...attrs, xmlns }, children)),
}));

/** A stanza that means something, with one place in it changed. */
const mutated = fc
  .tuple(
    fc.constantFrom(
      ...[
        'xep-0030/info.xml',
        'xep-0030/items.xml',
        'xep-0004/form.xml',
        'xep-0004/table.xml',
        'xep-0050/response.xml',
      ],
      ...[
        'xep-0060/items.xml',
        'xep-0060/event.xml',
        'ai-sns/card.xml',
        'ai-sns/meta.xml',
        'guildhall/listing.xml',
      ],
    ),
    fc.nat(),
    text,
    element,
  )
  .map(([path, place, replacement, graft]) => {
    const stanza = fixture(path);
    const all = [stanza];
    for (const next of all) all.push(...next.getChildElements());
    const target = all[place % all.length] as Element;
    const keys = Object.keys(target.attrs);
    if (place % 3 === 0 && keys.length > 0) target.attrs[keys[place % keys.length] as string] = replacement;
    else if (place % 3 === 1) target.children = [replacement];
    else target.append(graft);
    return stanza;
  });

describe.each(Object.entries(readers))('%s', (_name, read) => {
  test('gives a value or a ParseError for any element', () => {
    fc.assert(
      fc.property(fc.oneof(element, mutated), (input) => {
        try {
          read(input);
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
        }
      }),
      { numRuns: runs },
    );
  });
});

const line = fc
  .string({ maxLength: 40, unit: 'binary' })
  .map((raw) => cleanText(raw, 100).replaceAll(/\s+/g, ' '));
const optionalLine = line.map((value) => value || null);
const formField: fc.Arbitrary<Field> = fc.record({
  var: fc.stringMatching(/^[a-zA-Z0-9#:/._-]{1,30}$/),
  type: fc.constantFrom(...fieldTypes),
  label: optionalLine,
  desc: optionalLine,
  required: fc.boolean(),
  values: fc.array(line, { maxLength: 3 }),
  options: fc.array(fc.record({ label: optionalLine, value: line }), { maxLength: 3 }),
  validation: fc.option(
    fc.oneof(
      fc.record({
        datatype: fc.constantFrom('xs:string', 'xs:integer', 'x:own'),
        method: fc.constantFrom('basic' as const, 'open' as const),
        min: fc.constant(null),
        max: fc.constant(null),
        regex: fc.constant(null),
      }),
      fc.record({
        datatype: fc.constant('xs:decimal'),
        method: fc.constant('range' as const),
        min: optionalLine,
        max: optionalLine,
        regex: fc.constant(null),
      }),
      fc.record({
        datatype: fc.constant('xs:string'),
        method: fc.constant('regex' as const),
        min: fc.constant(null),
        max: fc.constant(null),
        regex: optionalLine,
      }),
    ),
  ),
});
const fields = fc.uniqueArray(formField, { maxLength: 6, selector: (field) => field.var });
const anyForm: fc.Arbitrary<Form> = fc.record({
  type: fc.constantFrom(...formTypes),
  title: optionalLine,
  instructions: optionalLine,
  fields,
  reported: fields,
  items: fc.array(fields, { maxLength: 3 }),
});

test('a form survives being written and read', () => {
  fc.assert(
    fc.property(anyForm, (form) => {
      expect(readForm(writeForm(form))).toEqual(form);
    }),
    { numRuns: runs },
  );
});

describe('a form is refused or cleaned:', () => {
  const formOf = (...children: Element[]) => xml('x', { xmlns: namespaces.NS_DATA, type: 'form' }, children);

  test('more fields than the limit are refused, not cut', () => {
    const many = Array.from({ length: formLimits.fieldsMax + 1 }, (_, at) => xml('field', { var: `f${at}` }));
    expect(() => readForm(formOf(...many))).toThrow(ParseError);
    expect(readForm(formOf(...many.slice(1))).fields).toHaveLength(formLimits.fieldsMax);
  });

  test('of fields that share a name the first counts', () => {
    const form = formOf(
      xml('field', { var: 'a', type: 'boolean' }),
      xml('field', { var: 'a', type: 'list-multi' }),
    );
    expect(readForm(form).fields.map(({ type }) => type)).toEqual(['boolean']);
  });

  test('control, bidirectional and invisible characters do not pass', () => {
    const form = formOf(
      xml(
        'field',
        { var: 'a', label: 'pay\u202e\u0000\u200bload\u0007' },
        xml('value', {}, '\ufeffé\u0301'.normalize('NFD')),
      ),
    );
    expect(readForm(form).fields[0]).toMatchObject({
      label: 'payload',
      values: ['é\u0301'.normalize('NFC')],
    });
  });

  test('a field whose name holds control characters is none', () => {
    expect(readForm(formOf(xml('field', { var: 'a\u0000b' }))).fields).toEqual([]);
  });
});

describe('bounds', () => {
  test('a tree deeper than the limit is told without recursion', () => {
    let deep = new Element('a');
    for (let depth = 0; depth < 100_000; depth++) {
      const parent = new Element('a');
      parent.append(deep);
      deep = parent;
    }
    expect(isWithinBounds(deep)).toBe(false);
  });

  test('a tree at the limit passes', () => {
    let deep = new Element('a');
    for (let depth = 0; depth < depthMax; depth++) {
      const parent = new Element('a');
      parent.append(deep);
      deep = parent;
    }
    expect(isWithinBounds(deep)).toBe(true);
  });

  test('JSON is bounded in depth and length', () => {
    expect(() => parseJson('['.repeat(100_000))).toThrow(ParseError);
    expect(() => parseJson(`"${'x'.repeat(jsonLimits.charsMax)}"`)).toThrow(ParseError);
    expect(parseJson('{"a":["[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["]}')).toEqual({ a: ['['.repeat(40)] });
  });
});
