import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { writeForm } from '../../protocol/data-form.ts';
import type { Element } from '../../protocol/xml.ts';
import { registerAccount } from '../../scripts/register.ts';
import { openSession, type Session } from '../../scripts/specialists/session.ts';
import { formOf, type Values } from './fields.ts';

/** A session of somebody who only asks, with an account of its own. */
export async function openAccount(
  { service, domain }: { service: string; domain: string },
  /** When it ends: with the test, unless something else is said. */
  atEnd: (step: () => Promise<void>) => void = onTestFinished,
): Promise<Session> {
  const account = { service, domain, username: `s${randomBytes(5).toString('hex')}`, password: 'test' };
  await registerAccount(account);
  const none = () => undefined;
  const session = await openSession({ ...account, resource: 'r', onStanza: none, onEnd: none });
  atEnd(() => session.close());
  return session;
}

/** Submits the values as a form of that type, in the query or in its `<configure/>`. */
export async function configure(
  owner: Session,
  to: string,
  query: Element,
  formType: string,
  values: Values,
): Promise<void> {
  const parent = query.getChild('configure') ?? query;
  parent.append(writeForm(formOf('submit', formType, values)));
  await owner.request('set', query, to);
}
