/**
 * Statements over Neon's HTTP. A request has no session of its own, but those at the other end are used again and again:
 * they keep the plans of statements that may be planned once. And one request may carry, before a statement that reads the
 * index, the question which state the index is in.
 */

import { PgDialect } from 'drizzle-orm/pg-core';
import type { Database } from './database.ts';
import type { IndexReading } from './index-reading.ts';
import { stateStatement } from './index-state.ts';
import { isPlannedOnce } from './prepared.ts';

type Options = { arrayMode?: boolean; fullResults?: boolean };
type Row = { [column: string]: unknown };
/** What Drizzle asks of Neon's driver. */
export type EdgeClient = {
  query(text: string, parameters: unknown[], options: Options): Promise<{ rows: unknown[] }>;
};

const asRows: Options = { arrayMode: false, fullResults: true };
const plannedText = 'select run_planned($1, $2) as lines';
/** What stands behind "from" is done before what is selected of it. */
const bringingText = `select state, run_planned($1, $2) as lines from run_planned($3, '{}') as state`;
const stateText = new PgDialect().sqlToQuery(stateStatement).sql;

/** Has statements run by a plan that is kept where they are marked for it. */
export function planning(client: EdgeClient): EdgeClient {
  return {
    async query(text, parameters, options) {
      if (!isPlannedOnce(text)) return client.query(text, parameters, options);
      const { rows } = await client.query(plannedText, [text, parameters], asRows);
      const [{ lines }] = rows as [{ lines: Row[] }];
      return resultOf(lines, options);
    },
  };
}

/** @param over makes a database of the client */
export function readingThrough(client: EdgeClient, over: (client: EdgeClient) => Database): IndexReading {
  const planned = planning(client);
  /** Of statements that run at once, each brings the name of a state before itself. */
  const brought: Promise<string>[] = [];
  let isNamed = false;
  const bring = (naming: Promise<string>) => {
    brought.push(naming);
    naming.then(
      () => {
        isNamed = true;
      },
      // Whoever asked the statement hears of it.
      () => undefined,
    );
    return naming;
  };
  const readState = async () => {
    const { rows } = await planned.query(stateText, [], asRows);
    return stateOf(rows as Row[]);
  };
  const bringing: EdgeClient = {
    async query(text, parameters, options) {
      if (isNamed) return planned.query(text, parameters, options);
      if (!isPlannedOnce(text)) {
        await bring(readState());
        return planned.query(text, parameters, options);
      }
      // What the driver gives is no promise: it asks again each time that it is awaited.
      const asked = Promise.resolve(client.query(bringingText, [text, parameters, stateText], asRows));
      bring(asked.then(({ rows }) => stateOf((rows as [{ state: Row[] }])[0].state)));
      const [{ lines }] = (await asked).rows as [{ lines: Row[] }];
      return resultOf(lines, options);
    },
  };
  let db: Database | undefined;
  return {
    // Many answers need none.
    get db() {
      db ??= over(bringing);
      return db;
    },
    isBrought: true,
    async state() {
      if (brought.length === 0) bring(readState());
      // Names that differ make one that no state has: what was read is of no one state.
      return [...new Set(await Promise.all(brought))].join(' then ');
    },
  };
}

function resultOf(lines: Row[], { arrayMode }: Options): { rows: unknown[] } {
  return { rows: arrayMode ? lines.map((line) => Object.values(line)) : lines };
}

function stateOf(rows: Row[]): string {
  const [row] = rows;
  if (typeof row?.state !== 'string') throw new Error('the index has no marks');
  return row.state;
}
