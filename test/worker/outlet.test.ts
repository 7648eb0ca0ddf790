import { describe, expect, test, vi } from 'vitest';
import { type Element, xml } from '../../protocol/xml.ts';
import { Outlet, outletLimits } from '../../worker/outlet.ts';

const messages = (...ids: string[]) => ids.map((id) => xml('message', { id }));
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the outlet', () => {
  test('lets one load out after the other, each confirmed before the next', async () => {
    const seen: string[] = [];
    const outlet = new Outlet({
      send: ({ attrs }: Element) => seen.push(attrs.id ?? '') > 0,
      confirm: async () => {
        await wait(5);
        return seen.push('confirmed') > 0;
      },
    });
    await Promise.all([outlet.deliver(messages('a', 'b')), outlet.deliver(messages('c'))]);
    expect(seen).toEqual(['a', 'b', 'confirmed', 'c', 'confirmed']);
  });

  test('says that nothing is sure where the session is down, or the server silent', async () => {
    const down = new Outlet({ send: () => false, confirm: async () => true });
    const silent = new Outlet({ send: () => true, confirm: async () => false });
    expect(await Promise.all([down.deliver(messages('a')), silent.deliver(messages('a'))])).toEqual([
      false,
      false,
    ]);
    expect(await down.deliver([])).toBe(true);
  });

  test('goes on after a failure', async () => {
    let fails = true;
    const outlet = new Outlet({
      send: () => true,
      confirm: async () => {
        if (fails) throw new Error('no');
        return true;
      },
    });
    await expect(outlet.deliver(messages('a'))).rejects.toThrow('no');
    fails = false;
    expect(await outlet.deliver(messages('a'))).toBe(true);
  });

  test('has less room for a server that takes its time, and more again as it gets faster', async () => {
    let tookMs = 0;
    const outlet = new Outlet({ send: () => true, confirm: () => wait(tookMs).then(() => true) });
    await vi.waitFor(async () => {
      await outlet.deliver(messages('a'));
      expect(outlet.room).toBe(outletLimits.messagesMax);
    });
    tookMs = 10 * outletLimits.slowMs;
    await outlet.deliver(messages('a'));
    expect(outlet.room).toBe(Math.floor(outletLimits.messagesMax / 2));
    tookMs = 0;
    // On a busy machine a server may be slow although it takes no time.
    await vi.waitFor(async () => {
      const before = outlet.room;
      await outlet.deliver(messages('a'));
      expect(outlet.room).toBe(before + 1);
    });
  });

  test('has as much room for a server that is far away', async () => {
    const outlet = new Outlet({
      send: () => true,
      confirm: () => wait(outletLimits.slowMs + 50).then(() => true),
    });
    await outlet.deliver(messages('a'));
    await outlet.deliver(messages('b'));
    expect(outlet.room).toBe(outletLimits.messagesMax);
  });
});
