import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { fieldTypes, formTypes } from '../../protocol/data-form.ts';
import * as gateway from '../../protocol/dialects/agent-gateway/namespaces.ts';
import { NS_HASHES } from '../../protocol/hashes.ts';
import * as namespaces from '../../protocol/namespaces.ts';
import { type Element, elementsMax, isWithinBounds, xml } from '../../protocol/xml.ts';
import { parseXml } from './xml.ts';

/** Names, namespaces and attributes that the readers look for, and some that they do not. */
const names = fc.constantFrom(
  ...['query', 'x', 'field', 'value', 'option', 'validate', 'range', 'regex', 'item', 'items', 'reported'],
  ...['pubsub', 'event', 'retract', 'command', 'actions', 'complete', 'note', 'identity', 'feature', 'set'],
  ...[
    'first',
    'last',
    'nick',
    'email',
    'count',
    'agentcard',
    'error',
    'text',
    'presence',
    'c',
    'iq',
    'message',
  ],
  ...['hash', 'geoloc', 'lat', 'lon', 'datum', 'timestamp', 'uri', 'url', 'metadata', 'info', 'vcard', 'fn'],
  ...[
    'nickname',
    'org',
    'lang',
    'language-tag',
    'agent',
    'name',
    'description',
    'service',
    'search',
    'status',
  ],
  ...['instructions', 'payload', 'json', 'invoice', 'manifest', 'schema', 'manifest-hash', 'schema-hash'],
  ...['accepted', 'task-event', 'result', 'a:b', '__proto__', 'constructor'],
);

const known = [...Object.values(namespaces), ...Object.values(gateway), NS_HASHES].filter(
  (value) => typeof value === 'string',
);
/** Without one of its own an element has its parent's, as most have that mean something. */
const namespace = fc.option(fc.constantFrom(...known), { nil: undefined, freq: 1 });

const odd = fc.constantFrom(
  ...[
    '',
    ' ',
    'foo@',
    '@',
    '/x',
    'a@b.test/c',
    '\u0000',
    '\ud800',
    '\u202e',
    '\u001f',
    '<',
    'x'.repeat(5000),
  ],
  ...['[[[[', '{"skills":[null]}', '{"supportedInterfaces":[{"url":"xmpp:%"}]}', '{"__proto__":{"name":1}}'],
  ...['%', 'xmpp:%ff@x.test', 'https://[', '-0', '1e999', '99999999999999999999', '2026-02-31T00:00:00Z'],
);

export const text = fc.oneof(
  fc.string(),
  odd,
  fc.constantFrom(...formTypes, ...fieldTypes, ...known, 'FORM_TYPE', 'xml:lang', 'sha-256', 'xmpp:a@b.test'),
  fc.json({ maxDepth: 3 }),
);

const attributes = fc.dictionary(
  fc.constantFrom(
    ...[
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
    ],
    ...[
      'algo',
      'hash',
      'bytes',
      'width',
      'url',
      'code',
      'role',
      'affiliation',
      'datatype',
      'session',
      'expires',
    ],
  ),
  text,
);

/** Any element, most of it known by name. */
export const { element } = fc.letrec<{ element: Element }>((tie) => ({
  element: fc
    .tuple(
      names,
      namespace,
      attributes,
      fc.array(fc.oneof({ maxDepth: 4 }, text, tie('element')), { maxLength: 6 }),
    )
    .map(([name, xmlns, attrs, children]) => xml(name, { ...attrs, xmlns }, children)),
}));

const folder = new URL('../fixtures/', import.meta.url);
const fixtures = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.xml'))
  .sort()
  .map((path) => readFileSync(new URL(path, folder), 'utf8'));

/** One change: where, which kind, and what comes there. */
const change = fc.tuple(fc.nat(), fc.nat({ max: 4 }), text, element);

/** A stanza that means something, with a few places in it changed. */
export const mutated = fc
  .tuple(fc.constantFrom(...fixtures), fc.array(change, { minLength: 1, maxLength: 3 }))
  .map(([source, changes]) => {
    const stanza = parseXml(source);
    for (const [place, kind, replacement, graft] of changes) {
      const all = allOf(stanza);
      const target = pick(all, place);
      const keys = Object.keys(target.attrs);
      if (kind === 0 && keys.length > 0) target.attrs[pick(keys, place)] = replacement;
      else if (kind === 1) target.children = [replacement];
      else if (kind === 2) target.append(graft);
      else if (kind === 3) target.append(parseXml(pick(all, place >> 3).toString()));
      else target.children.splice(place % (target.children.length + 1), 1);
    }
    return stanza;
  });

/** A stanza that means something, with one place in it made as large as a session lets pass, or less. */
export const inflated = fc
  .tuple(fc.constantFrom(...fixtures), fc.nat(), text, fc.constantFrom(10, 1000, 100_000, 1_000_000))
  .map(([source, place, filling, size]) => {
    const stanza = parseXml(source);
    const all = allOf(stanza);
    const target = pick(all, place);
    const keys = Object.keys(target.attrs);
    const long = (filling || 'é').repeat(Math.ceil(size / (filling.length || 1))).slice(0, size);
    if (place % 4 === 0 && keys.length > 0) target.attrs[pick(keys, place)] = long;
    else if (place % 4 === 1) target.children = [long];
    else if (target.parent && target !== stanza) {
      const room = Math.floor((elementsMax - all.length) / allOf(target).length);
      // The same element many times: readers only read.
      target.parent.children.push(...Array.from({ length: Math.min(size, room) }, () => target));
    }
    return stanza;
  })
  .filter(isWithinBounds);

/** What a reader may be given: a session lets nothing else pass. */
export const stanza = fc.oneof(
  { weight: 30, arbitrary: element },
  { weight: 69, arbitrary: mutated },
  { weight: 1, arbitrary: inflated },
);

function allOf(root: Element): Element[] {
  const all = [root];
  for (const next of all) all.push(...next.getChildElements());
  return all;
}

function pick<T>(values: readonly T[], place: number): T {
  return values[place % values.length] as T;
}
