import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listingKinds } from '../../market/listing.ts';
import { escapePart, ID_PATTERN, listingId, unescapePart } from '../../market/listing-id.ts';
import { formatJid, tryJid } from '../../protocol/jid.ts';

const local = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const jid = fc
  .tuple(fc.option(local), fc.domain())
  .map(([account, domain]) => tryJid(account === null ? domain : `${account}@${domain}`))
  .filter((prepared) => prepared !== null)
  .map(formatJid);
const node = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 60 })
  .filter((text) => !text.includes('\0'));
const source = fc.record({ jid, kind: fc.constantFrom(...listingKinds), node });

describe('a listing id', () => {
  test('of an account names its domain, local part, kind and node', () => {
    const id = listingId({ jid: 'fx@works.test', kind: 'command', node: 'urn:x:Convert Currency' });
    expect(id).toMatch(/^urn:air:works\.test:u\.fx:command\.currency-[a-z2-7]{26}$/);
  });

  test('of a component has no local part', () => {
    expect(listingId({ jid: 'tools.works.test', kind: 'tool', node: 'a/b' })).toMatch(
      /^urn:air:tools\.works\.test:c:tool\.b-/,
    );
  });

  test('writes the domain with A-labels and escapes the local part by its UTF-8 bytes', () => {
    const id = listingId({ jid: 'jö_x@bücher.example', kind: 'skill', node: '***' });
    expect(id).toMatch(/^urn:air:xn--bcher-kva\.example:u\.j_C3_B6_5Fx:skill\.x-/);
  });

  test('matches what ARD requires, whatever the source', () => {
    fc.assert(
      fc.property(source, (from) => {
        expect(listingId(from)).toMatch(ID_PATTERN);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is distinct for distinct sources and the same for the same', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(source, { selector: (from) => JSON.stringify(from), maxLength: 30 }),
        (all) => {
          expect(new Set(all.map(listingId)).size).toBe(all.length);
          expect(all.map((from) => listingId({ ...from }))).toEqual(all.map(listingId));
        },
      ),
    );
  });

  test.each([
    [
      { jid: 'a.b@x.test', kind: 'command', node: 'n' },
      { jid: 'a_2eb@x.test', kind: 'command', node: 'n' },
    ],
    [
      { jid: 'a@x.test', kind: 'command', node: 'same' },
      { jid: 'a@x.test', kind: 'skill', node: 'same' },
    ],
    [
      { jid: 'a@x.test', kind: 'command', node: 'Same' },
      { jid: 'a@x.test', kind: 'command', node: 'same' },
    ],
    [
      { jid: 'u.fx@x.test', kind: 'command', node: 'n' },
      { jid: 'fx@x.test', kind: 'command', node: 'n' },
    ],
  ] as const)('tells %o from %o, whose names are built to collide', (one, other) => {
    expect(listingId(one)).not.toBe(listingId(other));
  });

  test('holds a local part whose escapes invert', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(escapePart(text)).toMatch(/^[A-Za-z0-9._-]*$/);
        expect(unescapePart(escapePart(text))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});
