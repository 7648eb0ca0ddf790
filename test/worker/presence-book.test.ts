import { expect, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import { parseJid } from '../../protocol/jid.ts';
import { PresenceBook } from '../../worker/presence-book.ts';
import { Wanted } from '../../worker/wanted.ts';

test('the book of presence closes though the database is away', async () => {
  const logged: string[] = [];
  // Nobody listens there.
  const { db, end } = connectWorker('postgres://127.0.0.1:1/none', () => undefined);
  const log = (_level: string, event: string) => void logged.push(event);
  const book = new PresenceBook({ db, log, wanted: new Wanted({ db, log, wake: () => undefined }) });
  book.note({ type: 'available', from: parseJid('a@agents.test/x'), caps: null, caps2: null }, 'on');
  await book.stop();
  expect(logged).toEqual(['presence-not-written']);
  await end();
});
