/** Tells every subscriber of the news each change, in order; how far each has come is kept with it. */

import { readChanges } from '../../db/changes.ts';
import type { Database } from '../../db/database.ts';
import { listingsById } from '../../db/match.ts';
import { hindmostReader, moveReaders, readersBehind } from '../../db/news.ts';
import type { Element } from '../../protocol/xml.ts';
import type { Outlet } from '../outlet.ts';
import { newsItem, newsMessage } from './news-message.ts';

export type NewsSenderDeps = { db: Database; outlet: Pick<Outlet, 'deliver' | 'room'> };

type Telling = { message: Element | null; jid: string; seq: number };

/** Sends the next changes to those who have not been told of them, as many as the outlet has room for. True where there may be more. */
export async function sendNextNews({ db, outlet }: NewsSenderDeps): Promise<boolean> {
  const max = outlet.room;
  const since = await hindmostReader(db);
  if (since === null) return false;
  const { changes, head } = await readChanges(db, since, max);
  const readers = await readersBehind(db, changes.at(-1)?.seq ?? head);
  const due = changes
    .flatMap((change) => readers.filter(({ seq }) => seq < change.seq).map((reader) => ({ change, reader })))
    .slice(0, max);
  const puts = due.flatMap(({ change }) => (change.op === 'put' ? change.id : []));
  const records = puts.length === 0 ? [] : await listingsById(db, [...new Set(puts)]);
  const byId = new Map(records.map((record) => [record.listing.id, record]));
  const load: Telling[] = due.map(({ change, reader }) => {
    const item = newsItem(change, byId.get(change.id) ?? null);
    return { message: item && newsMessage(reader.address, item), jid: reader.jid, seq: change.seq };
  });
  if (!(await outlet.deliver(load.flatMap(({ message }) => message ?? [])))) return false;
  await moveReaders(db, furthest(load));
  return load.length > 0;
}

/** Of each reader the last change in the load; they stand in order. */
function furthest(load: Telling[]): { jid: string; seq: number }[] {
  return [...new Map(load.map(({ jid, seq }) => [jid, seq]))].map(([jid, seq]) => ({ jid, seq }));
}
