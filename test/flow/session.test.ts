import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { NS_PING } from '../../protocol/namespaces.ts';
import { xml } from '../../protocol/xml.ts';
import { AccountSession } from '../../worker/account-session.ts';
import { ComponentSession } from '../../worker/component-session.ts';
import type { Connection } from '../../worker/connection.ts';
import { until } from '../support/directory.ts';
import { type OwnServer, ownNetwork } from '../support/network.ts';
import { startProxy } from '../support/proxy.ts';
import {
  cut,
  down,
  expectAllCounted,
  expectNoneLost,
  ping,
  ready,
  startSession,
} from '../support/session.ts';

/** A server of this file's own: it kills it. */
let home: OwnServer;

beforeAll(async () => {
  ({ home } = await ownNetwork());
});

describe('a session', () => {
  test('counts every stanza: after 500 answered questions each way its h is right, and the server resumes it', async () => {
    await expectAllCounted(await startSession(home, 'bot'), await startSession(home, 'peer'));
  });

  test('loses and doubles no message across cuts', async () => {
    await expectNoneLost(await startSession(home, 'bot'), await startSession(home, 'peer'));
  });

  test('is back after its server was killed and started again', async () => {
    const { session, heard } = await startSession(home, 'bot');
    await ready(session);
    home.kill();
    await down(session);
    expect(session.send(xml('presence'))).toBe(false);
    await home.restart();
    await ready(session);
    expect(heard.fresh).toBe(2);
    expect((await session.ask('agents.test', 'get', ping(), 30_000)).kind).toBe('result');
  });

  test('that is deaf after it was resumed is ended, and a fresh one stands in its place', async () => {
    const { session, heard } = await startSession(home, 'bot');
    await ready(session);
    const connection = session.emitter as Connection;
    const send = connection.send.bind(connection);
    // The ping that follows a resumption is counted as sent, and never answered.
    connection.send = async (element) => {
      if (element.getChild('ping', NS_PING) && heard.fresh === 1) connection.emit('send', element);
      else await send(element);
    };
    cut(session);
    await until('a fresh session stands', async () => heard.fresh === 2 && session.ready);
    expect((await session.ask('agents.test', 'get', ping(), 30_000)).kind).toBe('result');
  });

  test('stands at its first try although the server takes longer over a step than a library would wait', async () => {
    // The stream's header, and the leave to begin TLS.
    const proxy = await startProxy(home.service, [0, 2_500]);
    const { session, heard } = await startSession({ ...home, service: proxy.service }, 'bot');
    await ready(session);
    expect(heard.warned).toEqual([]);
  });

  test.each(['reset', 'close'] as const)(
    'outlives a connection that died silently, whose end (%s) is known only when the next one stands',
    async (how) => {
      const proxy = await startProxy(home.service);
      const { session } = await startSession({ ...home, service: proxy.service }, 'bot');
      await ready(session);
      proxy.freeze();
      // What stream management does when an acknowledgement stays out.
      await (session.emitter as Connection).disconnect();
      await down(session);
      await ready(session);
      proxy.end(how);
      for (let round = 0; round < 10; round++) {
        expect((await session.ask('agents.test', 'get', ping(), 30_000)).kind).toBe('result');
        await wait(100);
      }
    },
  );

  test('with a wrong password says so and keeps trying without harm', async () => {
    const errors: string[] = [];
    const session = new AccountSession({
      xmpp: {
        service: home.service,
        domain: 'agents.test',
        username: 'bot',
        password: 'wrong',
        resource: 'r',
      },
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

test("a component's questions end with its connection, since no session is resumed", async () => {
  const handlers = { onPresence() {}, onMessage() {}, onQuery() {}, onFreshSession() {} };
  const session = new ComponentSession({ xmpp: home.component, log: () => undefined, handlers });
  session.start();
  await until('the session is ready', async () => session.ready);
  // Nobody answers what it asks of itself.
  const asked = session.ask(null, 'get', ping(), 60_000);
  home.kill();
  expect(await asked).toEqual({ kind: 'offline' });
  await session.stop();
  await home.restart();
});

test('a session is not ended by the end of the connection before it', async () => {
  // A server that refuses the first stream, and closes its socket without ending the stream.
  const refusal = "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
  const header =
    "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1'>";
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const isFirst = sockets.push(socket) === 1;
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(header);
      socket.once('data', () => (isFirst ? socket.end(refusal) : socket.write('<handshake/>')));
    });
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const handlers = { onPresence() {}, onMessage() {}, onQuery() {}, onFreshSession() {} };
  const xmpp = { service: `xmpp://127.0.0.1:${port}`, domain: 'guildhall.test', secret: 'x' };
  const session = new ComponentSession({ xmpp, log: () => undefined, handlers });
  onTestFinished(() => session.stop());
  session.start();
  await until('the session is ready', async () => session.ready);
  // The library waits two seconds for the first stream's end.
  await wait(2_500);
  expect([session.ready, sockets.length]).toEqual([true, 2]);
});
