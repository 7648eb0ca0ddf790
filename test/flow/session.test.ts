import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NS_PING } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { registerAccount } from '../../scripts/register.ts';
import type { Network } from '../../scripts/stack/network.ts';
import { startNetwork } from '../../scripts/stack/network.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import type { Connection } from '../../worker/connection.ts';
import { Session } from '../../worker/session.ts';
import { freeAddresses } from '../support/addresses.ts';
import { until } from '../support/directory.ts';
import { startProxy } from '../support/proxy.ts';

/** Servers of this file's own: it kills them. */
let network: Network;
let service: string;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'guildhall-session-'));
  const addresses = await freeAddresses();
  network = await startNetwork({
    dir: join(dir, 'xmpp'),
    logDir: join(dir, 'log'),
    addresses: addresses ?? ['127.0.0.2', '127.0.0.3'],
    c2sPort: await freePort(),
    componentPort: await freePort(),
    componentSecret: 'secret',
  });
  tls.setDefaultCACertificates([
    ...tls.getCACertificates('default'),
    readFileSync(network.authority, 'utf8'),
  ]);
  service = network.servers[0]?.service ?? '';
  for (const username of ['bot', 'peer']) {
    await registerAccount({ service, domain: 'agents.test', username, password: 'test' });
  }
});
afterAll(() => network.stop());

type Events = { fresh: number; presences: number; queries: Element[]; messages: string[] };

function createSession(username: string, via = service): { session: Session; events: Events } {
  const events: Events = { fresh: 0, presences: 0, queries: [], messages: [] };
  const session: Session = new Session({
    xmpp: { service: via, domain: 'agents.test', username, password: 'test', resource: 'r' },
    log: () => undefined,
    handlers: {
      onPresence: () => {
        events.presences++;
      },
      onMessage: (stanza) => events.messages.push(stanza.getChildText('body') ?? ''),
      onQuery: (stanza) => {
        events.queries.push(stanza);
        session.send(xml('iq', { type: 'result', to: stanza.attrs.from, id: stanza.attrs.id }));
      },
      onFreshSession: () => {
        events.fresh++;
        session.send(xml('presence'));
      },
    },
  });
  session.start();
  return { session, events };
}

const ready = (session: Session) => until('the session is ready', async () => session.ready, 20_000);

/** Cuts the TCP connection as a network would. */
function cut(session: Session): void {
  const { socket } = session.emitter as unknown as { socket: { socket?: { destroy(): void } } | null };
  socket?.socket?.destroy();
}

describe('a session', () => {
  test('counts every stanza: after 500 answered questions each way its h is right, and the server resumes it', async () => {
    const { session, events } = createSession('bot');
    const { session: peer, events: peerEvents } = createSession('peer');
    await Promise.all([ready(session), ready(peer)]);
    // The server shows each its own presence, which must not come among what is counted.
    await until('both hear themselves', async () => events.presences > 0 && peerEvents.presences > 0);
    const ping = () => xml('ping', { xmlns: NS_PING });
    const rounds = 500;
    const before = session.received;
    const asked = await Promise.all(
      Array.from({ length: rounds }, () => [
        session.ask('peer@agents.test/r', 'get', ping(), 20_000),
        peer.ask('bot@agents.test/r', 'get', ping(), 20_000),
      ]).flat(),
    );
    expect(asked.filter(({ kind }) => kind !== 'result')).toEqual([]);
    expect(session.received - before).toBe(2 * rounds);
    // The server compares h with what it sent: it resumes, and sends nothing twice.
    cut(session);
    await until('the session is down', async () => !session.ready);
    await ready(session);
    expect((await session.ask('peer@agents.test/r', 'get', ping(), 10_000)).kind).toBe('result');
    expect([events.fresh, events.queries.length]).toEqual([1, rounds]);
    expect(session.received - before).toBe(2 * rounds + 2);
    expect(new Set(peerEvents.queries.map((stanza) => stanza.attrs.id)).size).toBe(peerEvents.queries.length);
    await Promise.all([session.stop(), peer.stop()]);
  });

  test('loses and doubles no message across cuts', async () => {
    const { session, events } = createSession('bot');
    const { session: peer } = createSession('peer');
    await Promise.all([ready(session), ready(peer)]);
    const bodies = Array.from({ length: 60 }, (_, at) => `message ${at}`);
    for (const [at, body] of bodies.entries()) {
      if (at % 20 === 10) cut(session);
      peer.send(xml('message', { to: 'bot@agents.test/r', type: 'chat' }, xml('body', {}, body)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await until('every message is there', async () => events.messages.length >= bodies.length, 20_000);
    expect([...events.messages].sort()).toEqual([...bodies].sort());
    await Promise.all([session.stop(), peer.stop()]);
  });

  test('is back after its server was killed and started again', async () => {
    const { session, events } = createSession('bot');
    await ready(session);
    network.servers[0]?.kill('SIGKILL');
    await until('the session is down', async () => !session.ready);
    expect(session.send(xml('presence'))).toBe(false);
    await network.restart('agents.test');
    await ready(session);
    expect(events.fresh).toBe(2);
    expect((await session.ask('agents.test', 'get', xml('ping', { xmlns: NS_PING }), 5_000)).kind).toBe(
      'result',
    );
    await session.stop();
  });

  test('that is deaf after it was resumed is ended, and a fresh one stands in its place', async () => {
    const { session, events } = createSession('bot');
    await ready(session);
    const connection = session.emitter as Connection;
    const send = connection.send.bind(connection);
    // The ping that follows a resumption is counted as sent, and never answered.
    connection.send = async (element) => {
      if (element.getChild('ping', NS_PING) && events.fresh === 1) connection.emit('send', element);
      else await send(element);
    };
    cut(session);
    await until('a fresh session stands', async () => events.fresh === 2 && session.ready, 30_000);
    const answer = await session.ask('agents.test', 'get', xml('ping', { xmlns: NS_PING }), 5_000);
    expect(answer.kind).toBe('result');
    await session.stop();
  });

  test.each(['reset', 'close'] as const)(
    'outlives a connection that died silently, whose end (%s) is known only when the next one stands',
    async (how) => {
      const proxy = await startProxy(service);
      const { session } = createSession('bot', proxy.service);
      await ready(session);
      proxy.freeze();
      // What stream management does when an acknowledgement stays out.
      await (session.emitter as Connection).disconnect();
      await until('the session is down', async () => !session.ready);
      await ready(session);
      proxy.end(how);
      const ping = () => session.ask('agents.test', 'get', xml('ping', { xmlns: NS_PING }), 5_000);
      for (let round = 0; round < 10; round++) {
        expect((await ping()).kind).toBe('result');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await session.stop();
    },
  );

  test('with a wrong password says so and keeps trying without harm', async () => {
    const errors: string[] = [];
    const session = new Session({
      xmpp: { service, domain: 'agents.test', username: 'bot', password: 'wrong', resource: 'r' },
      log: (_level, _event, details) => errors.push(String(details?.error)),
      handlers: { onPresence() {}, onMessage() {}, onQuery() {}, onFreshSession() {} },
    });
    session.start();
    await until('the refusal is logged', async () =>
      errors.some((error) => error.includes('not-authorized')),
    );
    expect(session.ready).toBe(false);
    await session.stop();
  });
});
