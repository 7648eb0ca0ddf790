/** Everything that follows the change feed and tells of it: subscribed queries and the news. */

import type { Database } from '../../db/database.ts';
import { matchNextChanges } from '../../db/match-changes.ts';
import { countNewsBounces } from '../../db/news.ts';
import { countBounces } from '../../db/subscriptions.ts';
import type { Element } from '../../protocol/xml.ts';
import { Follower } from '../follower.ts';
import type { Log } from '../log.ts';
import { Outlet, type OutletDeps } from '../outlet.ts';
import { type Bounced, Bounces } from './bounces.ts';
import { sendNextNews } from './news-sender.ts';
import { sendNextAlerts } from './sender.ts';

export type AlertsDeps = OutletDeps & { db: Database; isUp: () => boolean; log: Log };

export class Alerts {
  #matcher: Follower;
  #sender: Follower;
  #news: Follower;
  #bounces: Bounces;

  constructor({ db, isUp, log, send, confirm }: AlertsDeps) {
    const outlet = new Outlet({ send, confirm });
    const follower = (name: string, take: () => Promise<boolean>) => new Follower({ name, take, isUp, log });
    this.#matcher = follower('subscriptions', async () => {
      const { matches, isMore } = await matchNextChanges(db);
      if (matches > 0) this.#sender.wake();
      return isMore;
    });
    this.#sender = follower('alerts', () => sendNextAlerts({ db, outlet }));
    this.#news = follower('news', () => sendNextNews({ db, outlet }));
    this.#bounces = new Bounces({ log, count: (bounced) => countAll(db, log, bounced) });
  }

  start(): void {
    for (const follower of [this.#matcher, this.#sender, this.#news]) follower.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#matcher.stop(), this.#sender.stop(), this.#news.stop()]);
    await this.#bounces.stop();
  }

  /** Takes a message of type error in; true where it is one that was sent here. */
  onBounce(stanza: Element): boolean {
    return this.#bounces.take(stanza);
  }
}

async function countAll(db: Database, log: Log, bounced: Bounced[]): Promise<void> {
  const queries = bounced.flatMap(({ jid, subscription, count }) =>
    subscription === null ? [] : [{ jid, id: subscription, count }],
  );
  const news = bounced.filter(({ subscription }) => subscription === null);
  const ended = queries.length === 0 ? [] : await countBounces(db, queries);
  const dropped = news.length === 0 ? [] : await countNewsBounces(db, news);
  if (ended.length + dropped.length > 0) {
    log('info', 'unreachable-dropped', { subscriptions: ended.length, news: dropped.length });
  }
}
