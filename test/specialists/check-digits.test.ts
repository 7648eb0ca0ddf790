import { expect, test } from 'vitest';
import { checkDigits } from '../../scripts/specialists/skills/check-digits.ts';
import { run } from './run.ts';

test.each([
  ['iban', 'GB82 WEST 1234 5698 7654 32', 'true'],
  ['iban', 'GB82 WEST 1234 5698 7654 33', 'false'],
  ['iban', 'de89370400440532013000', 'true'],
  ['isbn', '978-0-306-40615-7', 'true'],
  ['isbn', '978-0-306-40615-6', 'false'],
  ['isbn', '0-8044-2957-X', 'true'],
  ['isbn', '0-8044-2957-1', 'false'],
  ['ean', '4006381333931', 'true'],
  ['ean', '4006381333932', 'false'],
  ['luhn', '4111 1111 1111 1111', 'true'],
  ['luhn', '4111 1111 1111 1112', 'false'],
])('%s %s is right: %s', async (scheme, number, valid) => {
  expect(await run(checkDigits, { scheme, number })).toMatchObject({ valid });
});

test('the number is written in groups', async () => {
  expect(await run(checkDigits, { scheme: 'ean', number: '400-6381-333931', grouping: '5' })).toEqual({
    valid: 'true',
    number: '4006381333931',
    grouped: '40063 81333 931',
  });
});

test.each([
  [{ scheme: 'isbn', number: '123' }, 'takes 10 digits'],
  [{ scheme: 'isbn', number: '1234567890123' }, 'begin with 978'],
  [{ scheme: 'iban', number: '12345' }, 'a country'],
  [{ scheme: 'ean', number: '٤٠٠٦٣٨١٣٣٣٩٣١' }, '13 digits'],
])('refuses %j', async (filled, message) => {
  await expect(run(checkDigits, filled)).rejects.toThrow(message);
});
