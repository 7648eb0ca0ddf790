import { describe, expect, test } from 'vitest';
import type { Element } from '../../protocol/xml.ts';
import { xml } from '../../protocol/xml.ts';
import { IqCaller } from '../../worker/iq-caller.ts';

const own = { full: 'guildhall@agents.test/guildhall', bare: 'guildhall@agents.test', domain: 'agents.test' };
const ping = () => xml('ping', { xmlns: 'urn:xmpp:ping' });

function caller() {
  const sent: Element[] = [];
  const iq = new IqCaller(
    (stanza) => sent.push(stanza) > 0,
    () => own,
  );
  const idOf = (at: number) => sent[at]?.attrs.id ?? '';
  return { iq, sent, idOf };
}

describe('a question', () => {
  test('is answered by the entity it was asked of, however it spells its address', async () => {
    const { iq, idOf } = caller();
    const asked = iq.ask('Fx@Works.test/Desk', 'get', ping(), 1_000);
    iq.handle(xml('iq', { type: 'result', id: idOf(0), from: 'fx@works.test/Desk' }, xml('pong')));
    expect(await asked).toMatchObject({ kind: 'result', payload: { name: 'pong' } });
  });

  test('is not answered by anybody else, not even with the right id', async () => {
    const { iq, idOf } = caller();
    const asked = iq.ask('fx@works.test/desk', 'get', ping(), 50);
    for (const from of [
      'evil@works.test/desk',
      'fx@works.test',
      'fx@works.test/Desk',
      'works.test',
      undefined,
      'foo@',
    ]) {
      iq.handle(xml('iq', { type: 'result', id: idOf(0), from }, xml('forged')));
    }
    expect(await asked).toEqual({ kind: 'timeout' });
    expect(iq.size).toBe(0);
  });

  test('to a malformed address is never sent: servers echo it', async () => {
    const { iq, sent } = caller();
    expect(await iq.ask('foo@', 'get', ping(), 1_000)).toMatchObject({
      kind: 'error',
      error: { condition: 'jid-malformed' },
    });
    expect(sent).toEqual([]);
  });

  test("to one's own account is answered with no sender, the account or its server", async () => {
    for (const from of [undefined, own.bare, own.full, own.domain]) {
      const { iq, idOf } = caller();
      const asked = iq.ask(null, 'get', ping(), 1_000);
      iq.handle(xml('iq', { type: 'result', id: idOf(0), from }));
      expect(await asked).toEqual({ kind: 'result', payload: null });
    }
  });

  test('refused carries the error, and a bare refusal is a refusal', async () => {
    const { iq, idOf } = caller();
    const asked = iq.ask('fx@works.test', 'get', ping(), 1_000);
    iq.handle(xml('iq', { type: 'error', id: idOf(0), from: 'fx@works.test' }));
    expect(await asked).toMatchObject({ kind: 'error', error: { condition: 'undefined-condition' } });
  });

  test('answered twice or too late changes nothing', async () => {
    const { iq, idOf } = caller();
    const asked = iq.ask('fx@works.test', 'get', ping(), 20);
    expect(await asked).toEqual({ kind: 'timeout' });
    iq.handle(xml('iq', { type: 'result', id: idOf(0), from: 'fx@works.test' }));
    iq.handle(xml('iq', { type: 'result', id: 'never-asked', from: 'fx@works.test' }));
    expect(iq.size).toBe(0);
  });

  test('asked while the session is down ends at once', async () => {
    const iq = new IqCaller(
      () => false,
      () => own,
    );
    expect(await iq.ask('fx@works.test', 'get', ping(), 60_000)).toEqual({ kind: 'offline' });
  });

  test('lost with its session ends with it', async () => {
    const { iq } = caller();
    const asked = iq.ask('fx@works.test', 'get', ping(), 60_000);
    iq.endAll();
    expect(await asked).toEqual({ kind: 'offline' });
  });
});
