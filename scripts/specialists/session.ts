/**
 * One XMPP session of one sample specialist: TLS required, no stream management (a lost session is simply followed by
 * a new one), answers matched to who was asked.
 */
import { randomUUID } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { Client } from '@xmpp/client-core';
import middlewareFor from '@xmpp/middleware';
import resourceBinding from '@xmpp/resource-binding';
import sasl from '@xmpp/sasl';
import plain from '@xmpp/sasl-plain';
import starttls from '@xmpp/starttls';
import streamFeaturesFor from '@xmpp/stream-features';
import tcp from '@xmpp/tcp';
import { type Element, xml } from '@xmpp/xml';
import SASLFactory from 'saslmechanisms';
import { NS_BIND } from './namespaces.ts';

const openTimeoutMs = 30_000;
const stepTimeoutMs = 10_000;
const requestTimeoutMs = 20_000;
const closeTimeoutMs = 2_000;
const keepAliveMs = 30_000;

export type SessionOptions = {
  service: string;
  domain: string;
  username: string;
  password: string;
  /** Empty lets the server choose. */
  resource: string;
  onStanza(stanza: Element): void;
  /** Called once, when a session that was open has ended for whatever reason. */
  onEnd(reason: Error | null): void;
};

export type Session = {
  fullJid: string;
  bareJid: string;
  /** Sends, or drops silently when the session has ended: the next session starts with everything anew. */
  send(stanza: Element): void;
  /** Sends an IQ query and returns the result stanza; throws on an error answer, on time-out and when it ends. */
  request(type: 'get' | 'set', child: Element, to?: string): Promise<Element>;
  close(): Promise<void>;
};

/** Connects, authenticates and binds. Throws when that fails or takes longer than `openTimeoutMs`. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { service, domain, username, password } = options;
  const entity = new Client({ service, domain });
  entity.timeout = stepTimeoutMs;
  decodeAcrossChunks(entity);

  const requests = pendingRequests((stanza) => entity.send(stanza));
  const streamFeatures = streamFeaturesFor({ middleware: middlewareFor({ entity }) });
  const saslFactory = new SASLFactory();
  // SCRAM here costs 150 ms of computing, in which no other specialist moves; TLS already protects the password.
  plain(saslFactory);
  tcp({ entity });
  starttls({ streamFeatures });
  sasl({ streamFeatures, saslFactory }, async (authenticate, mechanisms) => {
    if (!entity.socket?.secure) throw new Error(`${domain} does not offer TLS`);
    const [mechanism] = mechanisms;
    if (!mechanism) throw new Error(`${domain} offers no known way to authenticate`);
    await authenticate({ username, password }, mechanism);
  });
  const bindCaller = {
    async set(element: Element) {
      const bound = (await requests.request('set', element)).getChild('bind', NS_BIND);
      if (!bound) throw new Error(`${domain} did not bind a resource`);
      return bound;
    },
  };
  resourceBinding({ streamFeatures, iqCaller: bindCaller }, options.resource);

  let state: 'opening' | 'open' | 'ended' = 'opening';
  let lastError: Error | null = null;
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => {});
  entity.on('error', (error: Error) => {
    lastError = error;
  });
  entity.on('disconnect', () => {
    const before = state;
    state = 'ended';
    requests.end();
    ended.reject(lastError ?? new Error(`${domain} closed the connection`));
    if (before === 'open') options.onEnd(lastError);
  });
  entity.on('stanza', (stanza: Element) => {
    if (!requests.take(stanza, entity.jid?.bare().toString(), domain) && state === 'open') {
      options.onStanza(stanza);
    }
  });

  const timer = setTimeout(
    () => ended.reject(new Error(`${domain} did not finish within ${openTimeoutMs / 1000} s`)),
    openTimeoutMs,
  );
  try {
    await Promise.race([entity.start(), ended.promise]);
  } catch (error) {
    state = 'ended';
    await closeEntity(entity);
    throw error;
  } finally {
    clearTimeout(timer);
  }
  if (!entity.jid) throw new Error(`${domain} did not give an address`);
  state = 'open';
  tune(entity);

  return {
    fullJid: entity.jid.toString(),
    bareJid: entity.jid.bare().toString(),
    send(stanza) {
      if (state === 'open') entity.send(stanza).catch(() => {});
    },
    async request(type, child, to) {
      if (state !== 'open') throw new Error('The session has ended');
      return requests.request(type, child, to);
    },
    async close() {
      state = 'ended';
      await closeEntity(entity);
    },
  };
}

/** xmpp.js decodes every chunk by itself and so spoils a character that two chunks share. */
function decodeAcrossChunks(entity: Client): void {
  const decoder = new StringDecoder('utf8');
  entity._onData = (data) => entity.parser?.write(decoder.write(Buffer.from(data)));
}

/** Without setNoDelay every small answer waits some 40 ms for the other side's acknowledgement. */
function tune(entity: Client): void {
  const socket = entity.socket?.socket;
  socket?.setNoDelay(true);
  socket?.setKeepAlive(true, keepAliveMs);
}

async function closeEntity(entity: Client): Promise<void> {
  const { socket } = entity;
  if (!socket) return;
  entity.timeout = closeTimeoutMs;
  await entity.stop().catch(() => {});
  (socket.socket ?? socket).destroy?.();
}

type Pending = {
  to: string | undefined;
  resolve(stanza: Element): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
};

function pendingRequests(send: (stanza: Element) => Promise<void>) {
  const pending = new Map<string, Pending>();

  function settle(id: string): Pending | undefined {
    const found = pending.get(id);
    pending.delete(id);
    clearTimeout(found?.timer);
    return found;
  }

  return {
    request(type: 'get' | 'set', child: Element, to?: string): Promise<Element> {
      const id = randomUUID();
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => settle(id)?.reject(new Error(`No answer from ${to ?? 'the server'}`)),
          requestTimeoutMs,
        );
        pending.set(id, { to, resolve, reject, timer });
        send(xml('iq', { type, to, id }, child)).catch((error: Error) => settle(id)?.reject(error));
      });
    },
    /** Whether the stanza was the answer to one of our queries, sent by the one that was asked. */
    take(stanza: Element, ownBareJid: string | undefined, domain: string): boolean {
      const { id, type, from } = stanza.attrs;
      if (stanza.getName() !== 'iq' || (type !== 'result' && type !== 'error')) return false;
      const waiting = id === undefined ? undefined : pending.get(id);
      if (!waiting || id === undefined) return true;
      // A query without an address goes to one's own account, for which servers answer under several names.
      const mayAnswer = waiting.to ? [waiting.to] : [undefined, ownBareJid, domain];
      if (!mayAnswer.includes(from)) return true;
      settle(id);
      if (type === 'result') waiting.resolve(stanza);
      else waiting.reject(new Error(`The answer was ${stanza.getChild('error')?.toString() ?? 'an error'}`));
      return true;
    },
    end(): void {
      for (const id of [...pending.keys()]) settle(id)?.reject(new Error('The session has ended'));
    },
  };
}
