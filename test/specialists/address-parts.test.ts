import { expect, test } from 'vitest';
import { addressParts } from '../../scripts/specialists/skills/address-parts.ts';
import { run } from './run.ts';

test('an address is taken apart', async () => {
  expect(await run(addressParts, { address: 'Juliet@Example.org/balcony', action: 'message' })).toEqual({
    local: 'juliet',
    local_unescaped: 'juliet',
    domain: 'example.org',
    domain_ascii: 'example.org',
    resource: 'balcony',
    bare_address: 'juliet@example.org',
    link: 'xmpp:juliet@example.org?message',
  });
});

test('escapes are undone and the domain is written in ASCII', async () => {
  const result = await run(addressParts, {
    address: 'd\\27artagnan\\40gascon@müsketeers.lit/a b',
    bare: 'false',
  });
  expect(result).toMatchObject({
    local_unescaped: "d'artagnan@gascon",
    domain_ascii: 'xn--msketeers-q9a.lit',
    link: 'xmpp:d%5C27artagnan%5C40gascon@xn--msketeers-q9a.lit/a%20b',
  });
});

test('a domain alone is an address', async () => {
  expect(await run(addressParts, { address: 'example.org' })).toMatchObject({
    local: '',
    link: 'xmpp:example.org',
  });
});

test.each([
  [{ address: 'foo@' }, 'not an XMPP address'],
  [{ address: 'a@b@c' }, 'not an XMPP address'],
  [{ address: 'a@exa%mple.org' }, 'not a valid domain name'],
  [{}, 'Address: is required'],
])('refuses %j', async (filled, message) => {
  await expect(run(addressParts, filled)).rejects.toThrow(message);
});
