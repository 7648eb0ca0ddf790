import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cachedRoutes } from '../../functions/cache-policy.ts';
import { clientNetwork, forwardedAddress } from '../../functions/client-address.ts';
import { clientBuckets } from '../../functions/client-buckets.ts';
import { readsByPost } from '../../functions/cors.ts';
import { testApp } from '../support/app.ts';

describe('a bucket of requests', () => {
  test('takes a minute of them at once, then one each time that one has dripped back', () => {
    let nowMs = 0;
    const take = clientBuckets(60, () => nowMs);
    const taken = Array.from({ length: 61 }, () => take('a'));
    expect(taken.filter(({ isTaken }) => isTaken)).toHaveLength(60);
    expect(taken.at(0)).toMatchObject({ left: 59, resetSeconds: 1 });
    expect(taken.at(-1)).toEqual({ isTaken: false, left: 0, resetSeconds: 60, retrySeconds: 1 });
    expect(take('b')).toMatchObject({ isTaken: true, left: 59 });
    nowMs += 1_000;
    expect([take('a').isTaken, take('a').isTaken]).toEqual([true, false]);
    nowMs += 3_600_000;
    expect(take('a')).toMatchObject({ left: 59 });
  });

  test('never takes more in any minute than twice what it says, nor keeps more clients than it may', () => {
    const steps = fc.array(fc.tuple(fc.nat(5_000), fc.constantFrom('a', 'b')), { maxLength: 500 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 50 }), (asked, perMinute) => {
        let nowMs = 0;
        const take = clientBuckets(perMinute, () => nowMs);
        const times: number[] = [];
        for (const [wait, client] of asked) {
          nowMs += wait;
          if (take(client).isTaken && client === 'a') times.push(nowMs);
        }
        return times.every(
          (from) => times.filter((at) => at >= from && at < from + 60_000).length <= 2 * perMinute,
        );
      }),
    );
  });

  test('of who asked longest ago is forgotten where there are too many', () => {
    const take = clientBuckets(2, () => 0, 2);
    for (const client of ['a', 'b', 'a', 'c']) take(client);
    expect([take('a').isTaken, take('b').left]).toEqual([false, 1]);
  });
});

describe('a client', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:4711', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['[2001:db8::1]:443', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1:2:3:4:5:192.0.2.7', '0:1:2:3::/64'],
    ['unknown', null],
    ['', null],
    [undefined, null],
  ])('%s is told by %s', (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });

  test('is the address that the outermost proxy saw, whatever the client wrote before', () => {
    const header = '198.51.100.1, 192.0.2.7, 203.0.113.5';
    expect([0, 1, 2].map((proxies) => forwardedAddress('10.0.0.1', header, proxies))).toEqual([
      '10.0.0.1',
      '203.0.113.5',
      '192.0.2.7',
    ]);
    expect(forwardedAddress('10.0.0.1', undefined, 1)).toBe('10.0.0.1');
  });
});

describe('every route', () => {
  const { routes } = testApp();
  test('that is read says how long its answer may be kept', () => {
    const read = routes.filter(({ method }) => method === 'GET').map(({ path }) => path);
    expect(read.filter((path) => !cachedRoutes.includes(path))).toEqual([]);
  });

  test('that reads by POST is there', () => {
    const posts = routes.filter(({ method }) => method === 'POST').map(({ path }) => path);
    expect(readsByPost.filter((path) => !posts.includes(path))).toEqual([]);
  });
});

test('the limit that wrangler.toml sets is the one that it has answers tell', () => {
  const settings = readFileSync('wrangler.toml', 'utf8');
  const told = /^READS_PER_MINUTE = "(\d+)"$/m.exec(settings)?.[1];
  expect(settings).toContain(`simple = { limit = ${told}, period = 60 }`);
});
