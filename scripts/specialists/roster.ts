/**
 * The roster, and with it consent: a specialist asks the directory for its presence, accepts whoever asks for its own,
 * and asks back (RFC 6121 sections 2 and 3).
 */
import { type Element, xml } from '@xmpp/xml';
import { NS_ROSTER } from './namespaces.ts';
import type { Session } from './session.ts';

const subscribeRetryFirstMs = 2_000;
const subscribeRetryMaxMs = 30_000;

export type Roster = {
  load(): Promise<void>;
  /** Takes a roster push or a subscription stanza; false when the stanza is something else. */
  take(stanza: Element): boolean;
  /** Asks everybody who sees the agent to be seen too, but for the directory, once presence has been sent. */
  begin(): void;
  /** Subscribes to the directory: the agent's consent. */
  join(): void;
  /** Ends the subscription, and with it the consent. */
  leave(): void;
  stop(): void;
};

type Entry = { subscription: string; asked: boolean };

export function rosterFor(session: Session, directory: string): Roster {
  const entries = new Map<string, Entry>();
  let retry: NodeJS.Timeout | undefined;

  function read(query: Element | undefined): void {
    for (const item of query?.getChildren('item', NS_ROSTER) ?? []) {
      const { jid, subscription = 'none', ask } = item.attrs;
      if (!jid) continue;
      if (subscription === 'remove') entries.delete(jid);
      else entries.set(jid, { subscription, asked: ask === 'subscribe' });
    }
  }

  function sees(jid: string): boolean {
    const subscription = entries.get(jid)?.subscription;
    return subscription === 'to' || subscription === 'both';
  }

  function send(type: string, to: string): void {
    session.send(xml('presence', { type, to }));
  }

  /** The directory may not exist yet, or its server be away: ask until it has agreed, ever less often. */
  function askDirectory(delayMs: number): void {
    clearTimeout(retry);
    if (sees(directory)) return;
    send('subscribe', directory);
    retry = setTimeout(() => askDirectory(Math.min(delayMs * 2, subscribeRetryMaxMs)), delayMs);
  }

  return {
    async load() {
      const result = await session.request('get', xml('query', { xmlns: NS_ROSTER }));
      read(result.getChild('query', NS_ROSTER));
    },
    take(stanza) {
      const { from, type, id } = stanza.attrs;
      const push = type === 'set' ? stanza.getChild('query', NS_ROSTER) : undefined;
      if (stanza.getName() === 'iq' && push) {
        // Only one's own server may change the roster (RFC 6121 section 2.1.6).
        if (from !== undefined && from !== session.bareJid) return false;
        read(push);
        session.send(xml('iq', { type: 'result', id, to: from }));
        return true;
      }
      if (stanza.getName() !== 'presence' || type !== 'subscribe' || !from) return false;
      const bare = from.split('/', 1)[0] ?? from;
      send('subscribed', bare);
      if (!sees(bare) && !entries.get(bare)?.asked) send('subscribe', bare);
      return true;
    },
    begin() {
      for (const [jid, entry] of entries) {
        if (entry.subscription === 'from' && jid !== directory) send('subscribe', jid);
      }
    },
    join: () => askDirectory(subscribeRetryFirstMs),
    leave() {
      clearTimeout(retry);
      send('unsubscribe', directory);
    },
    stop() {
      clearTimeout(retry);
    },
  };
}
