/** Tells subscribers what waits to be told: the matches in the order of their changes, then what there is to say beside them. */

import {
  dropAlerts,
  type Notice,
  nextAlerts,
  nextNotices,
  settleNotices,
  type WaitingAlert,
} from '../../db/alerts.ts';
import type { Database } from '../../db/database.ts';
import { listingsById } from '../../db/match.ts';
import type { Element } from '../../protocol/xml.ts';
import type { Outlet } from '../outlet.ts';
import { endedMessage, lapsingMessage, matchMessage, missedMessage } from './messages.ts';

export type SenderDeps = { db: Database; outlet: Pick<Outlet, 'deliver' | 'room'> };

/**
 * Sends what comes next, as much as the outlet has room for, and takes it away once the server has it: what is cut off in between is
 * sent again with the same id. True where there may be more.
 */
export async function sendNextAlerts({ db, outlet }: SenderDeps): Promise<boolean> {
  const max = outlet.room;
  const alerts = await nextAlerts(db, max);
  if (alerts.length > 0) {
    if (!(await outlet.deliver(await messagesOf(db, alerts)))) return false;
    await dropAlerts(db, alerts);
    return true;
  }
  const notices = await nextNotices(db, max);
  if (notices.length === 0 || !(await outlet.deliver(notices.map(noticeMessage)))) return false;
  await settleNotices(db, notices);
  return true;
}

/** Of listings that have changed since nothing is told: the change that came after has, or will have, a match of its own. */
async function messagesOf(db: Database, alerts: WaitingAlert[]): Promise<Element[]> {
  const ids = [...new Set(alerts.flatMap(({ listing }) => listing ?? []))];
  const records = ids.length === 0 ? [] : await listingsById(db, ids);
  const current = new Map(records.map((record) => [record.listing.id, record]));
  return alerts.flatMap((alert) => {
    const record = alert.listing === null ? undefined : current.get(alert.listing);
    return record?.seq === alert.seq ? [matchMessage(alert, alert.seq, record)] : [];
  });
}

function noticeMessage(notice: Notice): Element {
  switch (notice.kind) {
    case 'missed':
      return missedMessage(notice, notice.missedFrom ?? 1);
    case 'lapsing':
      return lapsingMessage(notice);
    case 'ended':
      return endedMessage(notice);
  }
}
