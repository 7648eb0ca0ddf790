/** Deregistering: everything that is said of the agent goes at once. */

import { eraseContractWords, eraseRequestWords } from '../db/erase-words.ts';
import { unsubscribeFromNews } from '../db/news.ts';
import { forgetRater } from '../db/ratings.ts';
import { type Withdrawal, withdrawRegistration } from '../db/registrations.ts';
import { endSubscriptions } from '../db/subscriptions.ts';
import type { Caller, Deps } from './deps.ts';

/**
 * Deletes what is listed of the caller, whatever it rested on, with its registration and corrections. An agent that
 * deregisters wants to be out of the directory, not out of one table of it: what it goes on stating to everybody
 * does not bring it back, only its own next registration or subscription does. Nothing is told to it any more, either.
 *
 * What it wrote of others in ratings goes too, and its words in contracts and calls for proposals that are over; what happened
 * stays, and how it rated, since that is the others' history as well.
 */
export async function deregister(
  { db }: Deps,
  { jid }: Caller,
): Promise<Withdrawal & { /** Subscriptions to queries and to the news. */ ended: number }> {
  const queries = await endSubscriptions(db, jid);
  const news = await unsubscribeFromNews(db, jid);
  await forgetRater(db, jid);
  await eraseContractWords(db, jid);
  await eraseRequestWords(db, jid);
  return { ...(await withdrawRegistration(db, jid)), ended: queries + (news ? 1 : 0) };
}
