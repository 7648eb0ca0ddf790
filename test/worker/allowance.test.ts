import { describe, expect, test } from 'vitest';
import { parseJid } from '../../protocol/jid.ts';
import { Allowance, allowanceLimits, excessText } from '../../worker/allowance.ts';

const rates = { perJid: 60, perSite: 300 };
/** What each may ask at once. */
const [ownBurst, siteBurst] = [rates.perJid, rates.perSite].map(
  (rate) => (rate * allowanceLimits.burstSeconds) / 60,
) as [number, number];

function opened(of = rates) {
  const clock = { ms: 0 };
  const allowance = new Allowance(of, () => clock.ms);
  /** How many of so many questions are let pass. */
  const passed = (jid: string, asked: number, cost = 1) =>
    Array.from({ length: asked }, () => allowance.take(parseJid(jid), cost)).filter((excess) => !excess)
      .length;
  return { allowance, clock, passed };
}

describe('the allowance', () => {
  test('of an address is one for all of its resources, and fills again steadily', () => {
    const { passed, clock } = opened();
    expect(passed('a@x.test/one', 500)).toBe(ownBurst);
    expect(passed('a@x.test/two', 1)).toBe(0);
    clock.ms += 3_000;
    expect(passed('a@x.test/one', 500)).toBe(3);
    clock.ms += 3_600_000;
    expect(passed('a@x.test/one', 500)).toBe(ownBurst);
  });

  test('of one address, used up, leaves the others of its domain theirs', () => {
    const { passed } = opened();
    passed('greedy@x.test', 10_000);
    expect(passed('modest@x.test', 10)).toBe(10);
  });

  test('of a domain counts every address on it and on the domains below it, components too', () => {
    const { passed } = opened();
    const domains = ['example.org', 'chat.example.org', 'gateway.example.org'];
    const all = Array.from({ length: 300 }, (_, at) => passed(`u${at}@${domains[at % 3]}`, 10));
    expect(all.reduce((sum, one) => sum + one, 0)).toBe(siteBurst);
    expect(passed('gateway.example.org', 1)).toBe(0);
    expect(passed('a@elsewhere.org', 1)).toBe(1);
  });

  test('is not lowered by what was refused', () => {
    const { passed, clock } = opened();
    passed('a@x.test', 10_000);
    clock.ms += 1_000;
    expect(passed('a@x.test', 10)).toBe(1);
  });

  test('takes little for what is cheap', () => {
    const { passed } = opened();
    const { cheapCost } = allowanceLimits;
    expect(passed('a@x.test', 10_000, cheapCost)).toBeGreaterThanOrEqual(
      Math.floor(ownBurst / cheapCost) - 1,
    );
  });

  test('says whose it is, and when to try again', () => {
    const { allowance, passed } = opened();
    passed('a@x.test', 500);
    const excess = allowance.take(parseJid('a@x.test'));
    expect(excess).toEqual({ of: 'address', key: 'a@x.test', seconds: 1 });
    expect(excess && excessText(excess)).toBe('Too many questions from your address; try again in 1 second.');
  });

  test('without a limit is endless, and remembers nobody', () => {
    const { allowance, passed } = opened({ perJid: 0, perSite: 0 });
    expect(passed('a@x.test', 10_000)).toBe(10_000);
    expect(allowance.size).toBe(0);
  });

  test('is kept of so many addresses and domains, and no more', () => {
    const { allowance } = opened();
    for (let at = 0; at < allowanceLimits.keysMax + 1_000; at++) allowance.take(parseJid(`a@d${at}.test`));
    expect(allowance.size).toBe(2 * allowanceLimits.keysMax);
  });
});
