/**
 * XEP-0077: In-Band Registration, version 2.4, https://xmpp.org/extensions/xep-0077.html.
 * The account is made on a connection of its own, after STARTTLS and before authentication.
 */
import { Client } from '@xmpp/client-core';
import middlewareFor from '@xmpp/middleware';
import starttls from '@xmpp/starttls';
import streamFeaturesFor from '@xmpp/stream-features';
import tcp from '@xmpp/tcp';
import { type Element, xml } from '@xmpp/xml';

const registrationTimeoutMs = 20_000;
const replyTimeoutMs = 10_000;

const NS_FEATURE = 'http://jabber.org/features/iq-register';
const NS_REGISTER = 'jabber:iq:register';
const NS_STREAMS = 'http://etherx.jabber.org/streams';
const NS_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';

/** Children of the registration query that say something instead of asking for it. */
const notQuestions = new Set(['instructions', 'registered', 'x', 'username', 'password']);

export type Registration = { service: string; domain: string; username: string; password: string };

/**
 * Makes an account. The password only ever leaves over TLS.
 * Throws an Error with one clear sentence when the server cannot be reached, does not register, or refuses.
 */
export async function registerAccount(wanted: Registration): Promise<'created' | 'exists'> {
  const { service, domain, username } = wanted;
  const entity = new Client({ service, domain });
  entity.timeout = replyTimeoutMs;
  const middleware = middlewareFor({ entity });
  const streamFeatures = streamFeaturesFor({ middleware });
  tcp({ entity });
  starttls({ streamFeatures });

  const { promise, resolve, reject } = Promise.withResolvers<'created' | 'exists'>();
  streamFeatures.use('register', NS_FEATURE, async () => {
    try {
      resolve(await ask(entity, wanted));
    } catch (error) {
      reject(error);
    }
  });
  middleware.use(({ stanza }, next) => {
    if (!stanza.is('features', NS_STREAMS)) return next();
    if (stanza.getChild('starttls', NS_TLS)) return next();
    reject(new Error(`The server does not offer registration over TLS.`));
  });
  entity.on('error', reject);
  entity.on('disconnect', () => reject(new Error('The server closed the connection.')));
  const timer = setTimeout(
    () => reject(new Error(`The server did not finish within ${registrationTimeoutMs / 1000} s.`)),
    registrationTimeoutMs,
  );

  try {
    connect(entity, wanted).catch(reject);
    return await promise;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot register ${username}@${domain} at ${service}: ${reason}`, { cause });
  } finally {
    clearTimeout(timer);
    await close(entity);
  }
}

async function connect(entity: Client, { service, domain }: Registration): Promise<void> {
  await entity.connect(service);
  await entity.open({ domain });
}

async function ask(entity: Client, { domain, username, password }: Registration) {
  if (!entity.socket?.secure) throw new Error('The server offers registration without TLS only.');
  const form = await query(entity, domain, 'get', []);
  const questions = form.getChild('query', NS_REGISTER)?.getChildElements() ?? [];
  const unknown = questions.map((child) => child.getName()).filter((name) => !notQuestions.has(name));
  if (unknown.length > 0) {
    throw new Error(`The server also asks for ${unknown.join(', ')}, which this program cannot answer.`);
  }
  const answer = await query(entity, domain, 'set', [
    xml('username', {}, username),
    xml('password', {}, password),
  ]);
  if (answer.attrs.type === 'result') return 'created';
  const error = answer.getChild('error');
  if (error?.getChild('conflict')) return 'exists';
  const condition = error?.getChildElements()[0]?.getName() ?? 'no reason given';
  const text = error?.getChildText('text');
  throw new Error(`The server refused: ${condition}${text ? ` (${text})` : ''}.`);
}

/** Sends one query and waits for its own answer, so that no other element is taken for it. */
function query(entity: Client, to: string, type: 'get' | 'set', children: Element[]): Promise<Element> {
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    entity.on('element', function listen(element: Element) {
      if (element.getName() !== 'iq' || element.attrs.id !== id) return;
      entity.off('element', listen);
      resolve(element);
    });
    entity.send(xml('iq', { type, to, id }, xml('query', { xmlns: NS_REGISTER }, children))).catch(reject);
  });
}

async function close(entity: Client): Promise<void> {
  // What happens to the connection from here on changes nothing of the outcome.
  entity.on('error', () => {});
  if (!entity.socket) return;
  const socket = entity.socket;
  await entity.stop().catch(() => (socket.socket ?? socket).destroy?.());
}
