import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { reputationLimits } from '../../../market/reputation/limits.ts';
import { aspectNames } from '../../../market/reputation/rating.ts';
import { ratingLimits } from '../../../market/reputation/rules.ts';

const page = readFileSync('docs/ratings.md', 'utf8');

describe('docs/ratings.md', () => {
  test('names every limit, and every constant of the mathematics, with its value', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| ([\d.]+) \|$/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]);
    expect(Object.fromEntries(rows)).toEqual({ ...ratingLimits, ...reputationLimits });
  });

  test('names every aspect', () => {
    for (const name of aspectNames) expect(page).toContain(`\`${name}\``);
  });
});
