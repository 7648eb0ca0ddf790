import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { insertContract, moveContract } from '../../db/contracts.ts';
import type { Database } from '../../db/database.ts';
import type { Contract, MoveData, Opening } from '../../market/contract/contract.ts';
import { foldEvent, openEvent } from '../../market/contract/move.ts';
import type { ContractKind, ContractState } from '../../market/contract/states.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import { rate } from '../../operations/ratings/rate.ts';
import { historyTo, opening, ways } from './contracts.ts';

export const priced = { amount: '10', currency: 'EUR', unit: 'call' };

type Dealt = Partial<Opening> & {
  kind?: ContractKind;
  state?: ContractState;
  fault?: NonNullable<MoveData['fault']>;
  /** How long ago its last step was. */
  daysAgo?: number;
};

/** A contract that went to that state, written move by move. */
export async function dealt(db: Database, more: Dealt = {}): Promise<Contract> {
  const { kind = 'call', state = 'completed', fault = 'provider', daysAgo = 0, ...of } = more;
  const id = `c${randomBytes(9).toString('base64url')}`;
  const opened = opening(kind, { id, price: priced, ...of });
  const steps = historyTo(opened, ways[kind][state] ?? []);
  const last = Date.now() - daysAgo * 86_400_000 - 1_000;
  let contract: Contract | null = null;
  for (const [at, step] of steps.entries()) {
    const data: MoveData = step.state === 'failed' ? { reason: 'It did not work.', fault } : step.data;
    const event = { ...step, data, at: new Date(last - (steps.length - at) * 10) };
    if (contract === null) {
      const first = { ...openEvent(opened, event.at) };
      contract = foldEvent(opened, first);
      await insertContract(db, { contract, event: first, thread: null, jobs: [], key: null }, 1_000_000);
    } else {
      contract = foldEvent(contract, event);
      await moveContract(db, { after: contract, event });
    }
  }
  if (!contract) throw new Error('a contract has its opening');
  return contract;
}

/** Deals of strangers with each other: those that make them known. */
export async function dealtBefore(db: Database, rater: string, shops = 4, others = 4): Promise<void> {
  const name = rater.replace(/[^a-z0-9]/g, '-');
  const pairs = Array.from({ length: shops }, (_, shop) => `shop@${name}-shop${shop}.example`).flatMap(
    (shop) => [
      [rater, shop],
      ...Array.from({ length: others }, (_, other) => [`other@${name}-other${other}.example`, shop]),
    ],
  );
  await insertCompleted(db, pairs as [string, string][], priced.amount);
}

/** Completed contracts of many parties at once, without what was said in them. */
export async function insertCompleted(
  db: Database,
  pairs: [client: string, provider: string][],
  amount: string | null,
): Promise<string[]> {
  const rows = pairs.map(([client, provider]) => ({ id: randomBytes(12).toString('hex'), client, provider }));
  const price = amount === null ? null : JSON.stringify({ ...priced, amount });
  await db.execute(sql`
    insert into contract (id, kind, opening, opened_by, offered_by, client, provider, input, price, state, version, created, since)
    select id, 'call', 'call', 'client', 'client', client, provider, '{}', ${price}::jsonb, 'completed', 3, now(), now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(id text, client text, provider text)`);
  return rows.map(({ id }) => id);
}

export const callerOf = (jid: string) => ({ jid, domain: jid.split('@').at(-1) ?? jid });

export const depsOf = (db: Database) => ({ db, policy: parsePolicy('', 'agents.test') });

/** One deals with the other and rates it. */
export async function ratedBy(
  db: Database,
  score: number,
  more: Dealt & { by?: 'client' | 'provider'; text?: string } = {},
): Promise<Contract> {
  const { by = 'client', text, ...of } = more;
  const contract = await dealt(db, of);
  done(await rate(depsOf(db), callerOf(contract[by]), contract.id, { score, text }, null));
  return contract;
}

/** What an operation gave that must not be refused. */
export function done<Outcome>(outcome: Outcome | Problem): Outcome {
  if (isProblem(outcome)) throw new Error(`${outcome.problem}: ${outcome.detail}`);
  return outcome;
}

/** By which problem something is refused; null where it is not. */
export const codeOf = (outcome: unknown) => (isProblem(outcome) ? outcome.problem : null);
