import fc from 'fast-check';
import { expect, test } from 'vitest';
import { operators } from '../../../market/query/ast.ts';
import { readTime, spanOf } from '../../../market/query/times.ts';

test.each([
  ['>=', '2026-11-01', '2026-11-01T00:00:00.000Z', null],
  ['>', '2026-11-01', '2026-11-02T00:00:00.000Z', null],
  ['<=', '2026-11-01', null, '2026-11-02T00:00:00.000Z'],
  ['<', '2026-11-01', null, '2026-11-01T00:00:00.000Z'],
  ['=', '2024-02-29', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
  ['=', '2026-11-01T10:00:00Z', '2026-11-01T10:00:00.000Z', '2026-11-01T10:00:00.001Z'],
  ['<=', '9999-12-31', null, '9999-12-31T23:59:59.999Z'],
] as const)('%s%s is the span from %s until before %s', (operator, value, from, before) => {
  const span = spanOf({ operator, value });
  expect([span.from?.toISOString() ?? null, span.before?.toISOString() ?? null]).toEqual([from, before]);
});

test('what is read is read again as it is, and its span can be told to Postgres', () => {
  const date = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
  const zone = fc.constantFrom('Z', 'z', '+02:00', '-11:30');
  fc.assert(
    fc.property(date, zone, fc.constantFrom(...operators), (at, suffix, operator) => {
      const value = readTime(at.toISOString().replace('Z', suffix)) ?? '';
      expect(readTime(value)).toBe(value);
      const { from, before } = spanOf({ operator, value });
      for (const end of [from, before]) if (end) expect(end.toISOString()).toMatch(/^\d{4}-/);
      if (from && before) expect(from < before).toBe(true);
    }),
  );
});
