/** The routes on Node against the statements behind them. No answers are kept: each question is searched for. */

import { createHash } from 'node:crypto';
import { serve } from '@hono/node-server';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { prepareMarked } from '../../db/prepared.ts';
import * as schema from '../../db/schema.ts';
import { createApp } from '../../functions/app.ts';
import { parsePolicy } from '../../market/policy.ts';
import { freePort } from '../stack/ports.ts';
import { atLeast, type Ratios } from './ratio.ts';
import { kindsOf } from './search-kinds.ts';
import { client, throughputs } from './throughput.ts';

type Say = (line: string) => void;
const turns = { turns: 3, turnMs: 1_500 };

/** Over HTTP on Node, against the same statements prepared on the same pool. */
export async function onNode(url: string, say: Say): Promise<Ratios> {
  const pool = new Pool({ connectionString: url, max: 8 });
  prepareMarked(pool);
  let heard: { text: string; values: unknown[] }[] = [];
  const logger = { logQuery: (text: string, values: unknown[]) => void heard.push({ text, values }) };
  const deps = (db: ReturnType<typeof drizzle<typeof schema>>) => ({
    db,
    policy: parsePolicy('', 'bench.example'),
  });
  const kinds = await kindsOf(deps(drizzle(pool, { schema, logger })));
  const app = createApp({ deps: deps(drizzle(pool, { schema })), onError: (error) => say(error.message) });
  const port = await freePort();
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port });
  const ask = client(`http://127.0.0.1:${port}`);
  const ratios: Ratios = {};
  for (const [name, kind] of Object.entries(kinds)) {
    heard = [];
    await kind.ask();
    const statements = heard.map(({ text, values }) => ({
      name: nameOf(text),
      text,
      values,
      rowMode: 'array',
    }));
    const { route, bare } = await throughputs(
      {
        bare: async () => {
          for (const statement of statements) await pool.query(statement);
        },
        route: () => ask(kind.request.path, kind.request.body),
      },
      turns,
    );
    const goal = name.includes('common') ? 0.8 : 0.6;
    say(`${name}: ${route.toFixed(0)} requests/s, ${bare.toFixed(0)} times the bare statements`);
    ratios[`${name}: the route on Node against the bare statements, prepared`] = atLeast(route / bare, goal);
  }
  server.close();
  await pool.end();
  return ratios;
}

function nameOf(text: string): string {
  return `bare-${createHash('sha256').update(text).digest('base64url').slice(0, 24)}`;
}
