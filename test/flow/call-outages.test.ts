import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { contractHistory } from '../../db/read-contracts.ts';
import { insertToken } from '../../db/tokens.ts';
import { listingId } from '../../market/listing-id.ts';
import { isProblem } from '../../market/problem.ts';
import { hashToken } from '../../market/token.ts';
import { openCall } from '../../operations/contracts/call.ts';
import { moveOwn } from '../../operations/contracts/move.ts';
import { showListing } from '../../operations/show.ts';
import { form } from '../../protocol/data-form.ts';
import { startSpecialist } from '../../scripts/specialists/agent.ts';
import { specialists } from '../../scripts/specialists/catalogue.ts';
import { callsThrough, number, sumForm } from '../support/calls.ts';
import {
  asComponent,
  createDirectory,
  runFunctions,
  runWorker,
  type TestDirectory,
  type TestWorker,
  until,
} from '../support/directory.ts';
import { ownNetwork } from '../support/network.ts';
import { inOwnPostgres } from '../support/own-postgres.ts';

let directory: TestDirectory;
let worker: TestWorker;
const { deps, specialist, call, settled } = callsThrough(() => directory);
const limits = { callTimeoutMs: 20_000, absenceMs: 600_000 };

afterEach(() => worker.stop());

async function begin(made: TestDirectory): Promise<void> {
  directory = made;
  worker = await runWorker(directory, { limits });
  await until('the directory is online', async () => worker.session.ready);
}

const historyOf = async ({ id }: { id: string }) =>
  (await contractHistory(directory.db, id, 100)).map(({ move }) => move);

const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

const moreForm = { status: 'executing' as const, form: form('form', [number('more')]) };
const give = { move: 'input' as const, data: { input: { more: 1 } } };

describe('a database', () => {
  test('that takes no connections for a while loses no result that came meanwhile', async () => {
    await begin(await createDirectory());
    let answerNow: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    const { agent, asked } = await specialist(async () => {
      await held;
      return { form: sumForm('7') };
    });
    const made = await call(agent);
    await until('the agent was asked', async () => asked.length === 1);
    const name = new URL(directory.databaseUrl).pathname.slice(1);
    const server = new pg.Client({ connectionString: inject('stack').postgres.url });
    await server.connect();
    try {
      await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await server.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = $1 AND application_name <> 'guildhall-door'`,
        [name],
      );
      answerNow();
      await wait(2_500);
    } finally {
      await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await server.end();
    }
    expect(await settled(made)).toMatchObject({ state: 'completed', result: { values: { sum: 7 } } });
    expect([asked.length, await historyOf(made)]).toEqual([1, ['call', 'start', 'deliver']]);
    expect(worker.logged.map(({ event }) => event)).not.toContain('door-lost');
    // The queue goes on too.
    expect(await settled(await call(agent))).toMatchObject({ state: 'completed' });
  });

  test('that is killed loses no move that was accepted, and has no call made twice', async () => {
    const own = await inOwnPostgres(await createDirectory());
    await begin(own);
    const mute = await specialist(() => 'silence');
    const asking = await specialist((_request, at) =>
      at === 0 ? { ...moreForm, actions: ['complete'] } : { form: sumForm('2') },
    );
    const quick = await specialist(() => ({ form: sumForm('1') }));
    const sent = await call(mute.agent);
    const asked = await call(asking.agent);
    const done = await call(quick.agent);
    await until('the stanza went out', async () => mute.asked.length === 1);
    expect(await settled(asked)).toMatchObject({ state: 'input-required' });
    expect(await settled(done)).toMatchObject({ state: 'completed' });

    await own.kill();
    await wait(500);
    await own.restart();
    const isBack = () => worker.logged.filter(({ event }) => event === 'door-taken').length === 2;
    await until('the directory is back', async () => isBack() && worker.session.ready);

    // Whether anything came of it nobody knows.
    expect(await settled(sent)).toMatchObject({ state: 'unknown' });
    expect(await moveOwn(deps(), asked.who, asked.id, give, null)).toMatchObject({ state: 'working' });
    expect(await settled(asked)).toMatchObject({ state: 'completed', result: { values: { sum: 2 } } });
    expect(await historyOf(done)).toEqual(['call', 'start', 'deliver']);
    expect(await settled(await call(quick.agent))).toMatchObject({ state: 'completed' });
    expect([mute.asked, asking.asked, quick.asked].map(({ length }) => length)).toEqual([1, 2, 2]);
  });
});

describe('an edge', () => {
  test('that is killed while a client waits leaves the call to the worker, and is told of it again by the same key', async () => {
    await begin(await createDirectory());
    const first = await runFunctions(directory);
    const { agent, asked } = await specialist(async () => {
      await wait(2_000);
      return { form: sumForm('3') };
    });
    const token = `guildhall_${randomBytes(16).toString('base64url')}`;
    const given = { id: 'edge', jid: 'ann@agents.test', hash: hashToken(token), label: null, days: 1 };
    await insertToken(directory.db, { ...given, scopes: ['read', 'trade'] }, 9);
    const listing = listingId({ jid: agent.jid, kind: 'command', node: 'fx' });
    const post = async (url: string) => {
      const response = await fetch(`${url}/v1/contracts?wait=20`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': 'once',
        },
        body: JSON.stringify({ listing, input: { amount: 3 }, call: true }),
      });
      return (await response.json()) as { id: string; state: string };
    };
    const lost = post(first.url).catch(() => null);
    await until('the agent was asked', async () => asked.length === 1);
    // The process that holds workerd, and workerd itself.
    for (const pid of [...childrenOf(first.pid), first.pid]) process.kill(pid, 'SIGKILL');
    expect(await lost).toBeNull();
    const again = await post((await runFunctions(directory)).url);
    expect(again).toMatchObject({ state: 'completed' });
    expect([asked.length, await historyOf(again)]).toEqual([1, ['call', 'start', 'deliver']]);
  });
});

describe('an XMPP server', () => {
  test('that is killed while an agent works leaves its call unknown, and one that had not gone out for later', async () => {
    const { home } = await ownNetwork();
    await begin(await createDirectory(asComponent(home)));
    const tea = specialists.find(({ account }) => account === 'tea');
    if (!tea) throw new Error('a slow sample expected');
    const { service, domain } = home;
    const agent = await startSpecialist(tea, { service, domain, directory: directory.jid });
    try {
      const listing = listingId({ jid: agent.bareJid, kind: 'command', node: tea.skill.id });
      const brew = async (seconds: number) => {
        const who = { jid: 'ann@agents.test', domain: 'agents.test' };
        const input = { seconds } as never;
        const made = await openCall(deps(), who, { listing, input, seq: null }, null);
        if (isProblem(made)) throw new Error(made.detail);
        return { id: made.id, who };
      };
      await until('it can be called', async () => {
        const shown = await showListing(deps(), listing);
        return !isProblem(shown) && shown.listing.inputSchema !== null;
      });
      const [done, sent] = [
        await until('it has registered', () => brew(0).catch(() => null)),
        await brew(15),
      ];
      expect(await settled(done)).toMatchObject({ state: 'completed' });
      await until('it went out', async () => (await historyOf(sent)).includes('start'));
      await wait(500);
      home.kill();
      await until('the directory is offline', async () => !worker.session.ready);
      const waiting = await brew(0);
      await wait(500);
      expect(await historyOf(waiting)).toEqual(['call']);
      await home.restart();
      expect(await settled(sent)).toMatchObject({ state: 'unknown' });
      const ended = await until('the other has ended', async () => {
        const moves = await historyOf(waiting);
        return moves.length > 2 || moves.at(-1) === 'fail' ? moves : null;
      });
      // It went out once where the agent was there again, and else not at all.
      expect(ended.join(' ')).toMatch(/^call (fail|start \w+)$/);
    } finally {
      await agent.stop();
    }
  });
});
