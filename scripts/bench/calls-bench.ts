/** Calls through the directory, beside the same questions sent bare and as many bare commits. */

import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { WorkerDatabase } from '../../db/connect-worker.ts';
import { type Database, rowsOf } from '../../db/database.ts';
import { grantRegistration } from '../../db/registrations.ts';
import { writeIndex } from '../../db/write-index.ts';
import { inputsOf } from '../../market/inputs.ts';
import { listingId } from '../../market/listing-id.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { openCall } from '../../operations/contracts/call.ts';
import { readCommandRequest, writeCommandRequest, writeCommandResponse } from '../../protocol/commands.ts';
import { type Field, field, form } from '../../protocol/data-form.ts';
import { writeInfo } from '../../protocol/disco.ts';
import { NS_COMMANDS, NS_PING } from '../../protocol/namespaces.ts';
import { writeStanzaError } from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { openComponent } from '../component.ts';
import { atLeast, type Bench, type Ratios } from './ratio.ts';
import { agentOf, randomOf } from './sample-listings.ts';
import { withScratchDatabase } from './scratch-database.ts';
import { secret, startBenchServer, startBenchWorker } from './xmpp-stack.ts';

type Say = (line: string) => void;

const inFlight = 200;
const agentCount = 20;
const slowMs = 500;
/** A command with a form: it is executed, and its form is submitted. */
const questionsPerCall = 2;
/** It is called, begun, and delivered; each move is to outlive a crash before anybody hears of it. */
const movesPerCall = 3;
const node = 'sum';
const pollMs = 15;
const callTimeoutMs = 60_000;

const amount: Field = {
  ...field('amount', []),
  required: true,
  validation: { datatype: 'xs:decimal', method: 'basic', min: null, max: null, regex: null },
};

export const bench: Bench = ({ full, say }) =>
  withScratchDatabase((database) => measure(database, full, say), { durable: true });

type Stack = {
  db: Database;
  /** The agents' addresses. */
  agents: string[];
  /** How long the agents take over each question. */
  takes: { ms: number };
  /** Asks as nobody in particular. */
  ask: (to: string, payload: Element) => Promise<Element>;
};

async function measure(database: WorkerDatabase & { url: string }, full: boolean, say: Say): Promise<Ratios> {
  const ends: (() => unknown)[] = [];
  try {
    const stack = await start(database, ends);
    const { db, takes } = stack;
    const calls = full ? 4_000 : 1_000;
    const rounds = full ? 5 : 3;
    await manyCalls(stack, calls);
    // As autovacuum does soon enough: plans that were made for empty tables are made anew.
    await db.execute(sql`analyze`);
    const spent = { calls: 0, questions: 0, commits: 0 };
    let written = 0;
    for (let round = 0; round < rounds; round++) {
      const before = await writesSoFar(db);
      spent.calls += await manyCalls(stack, calls);
      // What tells the clients is part of it.
      await idle(db);
      const writes = (await writesSoFar(db)) - before;
      written += writes;
      spent.questions += await manyQuestions(stack, calls);
      spent.commits += await manyCommits(db, calls * movesPerCall);
    }
    const rate = (ms: number) => Math.round((calls * rounds * 1_000) / ms);
    const writesPerCall = written / (calls * rounds);
    say(
      `calls, ${inFlight} in flight: ${rate(spent.calls)} a second; each has ${questionsPerCall} questions and ${movesPerCall} moves, which share ${writesPerCall.toFixed(1)} commits`,
    );
    say(
      `the same questions bare: ${rate(spent.questions)} a second, a commit for each move bare: ${rate(spent.commits)} a second`,
    );

    takes.ms = slowMs;
    // Many, in one go: as many as are in flight begin together, and end together, when all are not under way.
    const slowCalls = 2 * calls * rounds;
    const idealMs = (slowCalls / inFlight) * questionsPerCall * slowMs;
    const slow = await manyCalls(stack, slowCalls);
    const slowRate = (ms: number) => Math.round((slowCalls * 1_000) / ms);
    say(
      `calls of agents that take ${slowMs} ms over each question: ${slowRate(slow)} a second, ideal is ${slowRate(idealMs)}`,
    );
    return {
      'calls against the same questions and commits': atLeast(
        (spent.questions + spent.commits) / spent.calls,
        0.6,
      ),
      [`calls of agents that take ${slowMs} ms against ideal`]: atLeast(idealMs / slow, 0.9),
    };
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function start({ db, url }: WorkerDatabase & { url: string }, ends: (() => unknown)[]): Promise<Stack> {
  const home = await startBenchServer(['bare', 'desk'], ends);
  const takes = { ms: 0 };
  const domain = `desk.${home.domain}`;
  const desk = await openComponent({
    service: home.componentService,
    domain,
    secret,
    onStanza(stanza, send) {
      const { from: to, to: from, id, type } = stanza.attrs;
      if (stanza.name !== 'iq' || (type !== 'set' && type !== 'get')) return;
      const payload =
        type === 'set'
          ? answer(stanza)
          : writeInfo({ node: null, identities: [], features: [NS_COMMANDS], forms: [] });
      const reply = () =>
        send(xml('iq', { type: payload.name === 'error' ? 'error' : 'result', from, to, id }, payload));
      if (takes.ms > 0) setTimeout(reply, takes.ms);
      else reply();
    },
  });
  ends.push(() => desk.close());
  const ask = await openAsker(home.componentService, `bare.${home.domain}`, ends);
  const agents = Array.from({ length: agentCount }, (_, at) => `a${at}@${domain}`);
  const inputs = inputsOf([amount]);
  await writeIndex(
    db,
    agents.map((jid, at) => {
      const { listings, ...about } = agentOf(at, randomOf(1));
      const indexed = listings.map((each) => ({
        ...each,
        listing: {
          ...each.listing,
          ...{ id: listingId({ jid, kind: 'command', node }), kind: 'command' as const, node, inputs },
          ...{ inputSchema: null, provider: { ...each.listing.provider, jid, domain } },
          call: { protocol: 'xmpp-command' as const, node, url: null, relay: true },
        },
      }));
      return { ...about, jid, domain, listings: indexed };
    }),
    0,
  );
  for (const jid of agents) {
    await grantRegistration(
      db,
      { jid, domain },
      { leaseHours: 24, relay: 'allow', presence: null, about: null, resource: 'desk' },
    );
  }
  const directory = await startBenchWorker(home, url, ends);
  const ping = xml('ping', { xmlns: NS_PING });
  for (const deadline = Date.now() + 30_000; ; await wait(200)) {
    const reply = await Promise.race([ask(directory, ping), wait(1_000, null)]);
    if (reply?.attrs.type === 'result') break;
    if (Date.now() > deadline) throw new Error('the worker does not answer');
  }
  return { db, agents, takes, ask };
}

/** A form for who executes the command, a sum for who submits it. */
function answer(iq: Element): Element {
  const command = iq.getChild('command', NS_COMMANDS);
  if (!command) return writeStanzaError({ type: 'cancel', condition: 'service-unavailable', text: null });
  const { action } = readCommandRequest(command);
  const isFirst = action === 'execute';
  return writeCommandResponse({
    ...{ node, sessionId: 's', status: isFirst ? 'executing' : 'completed', notes: [] },
    actions: isFirst ? ['complete'] : [],
    form: isFirst ? form('form', [amount]) : form('result', [field('sum', '6')]),
  });
}

/** Asks from a component of its own; an answer of any kind is an answer. */
async function openAsker(service: string, domain: string, ends: (() => unknown)[]): Promise<Stack['ask']> {
  const waiting = new Map<string, (answered: Element) => void>();
  const component = await openComponent({
    service,
    domain,
    secret,
    onStanza(stanza) {
      const id = stanza.attrs.id ?? '';
      waiting.get(id)?.(stanza);
      waiting.delete(id);
    },
  });
  ends.push(() => component.close());
  let last = 0;
  return (to, payload) =>
    new Promise((resolve) => {
      const id = `b${++last}`;
      waiting.set(id, resolve);
      const type = payload.is('ping') ? 'get' : 'set';
      component.send(xml('iq', { type, id, to, from: domain }, payload));
    });
}

/** Does so many, so many at a time; returns how long it took, in milliseconds. */
async function inParallel(count: number, one: (at: number) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let next = 0;
  const work = async () => {
    while (next < count) await one(next++);
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, work));
  return performance.now() - started;
}

/** Calls as the edge opens them; each is over when its result is stored. */
async function manyCalls({ db, agents }: Stack, count: number): Promise<number> {
  const deps = { db, policy: parsePolicy('', null) };
  const waiting = new Map<string, () => void>();
  const polling = setInterval(() => void look(), pollMs);
  let isLooking = false;
  const look = async () => {
    if (isLooking || waiting.size === 0) return;
    isLooking = true;
    const ids = JSON.stringify([...waiting.keys()]);
    const result = await db.execute(sql`
      select id, state, reason from contract
      where id in (select jsonb_array_elements_text(${ids}::jsonb)) and state not in ('accepted', 'working')`);
    for (const { id, state, reason } of rowsOf<{ id: string; state: string; reason: string }>(result)) {
      if (state !== 'completed') throw new Error(`a call is ${state}: ${reason}`);
      waiting.get(id)?.();
      waiting.delete(id);
    }
    isLooking = false;
  };
  try {
    return await inParallel(count, async (at) => {
      const jid = agents[at % agents.length] ?? '';
      const listing = listingId({ jid, kind: 'command', node });
      // A party has only so many contracts open.
      const caller = { jid: `c${at % inFlight}@bare.agents.test`, domain: 'bare.agents.test' };
      const made = await openCall(deps, caller, { listing, input: { amount: 3 }, seq: null }, null);
      if (isProblem(made)) throw new Error(made.detail);
      const done = new Promise<void>((resolve) => waiting.set(made.id, resolve));
      const late = wait(callTimeoutMs, null, { ref: false }).then(() => {
        if (waiting.has(made.id)) throw new Error('a call is not over');
      });
      await Promise.race([done, late]);
    });
  } finally {
    clearInterval(polling);
  }
}

/** The questions of as many calls, by nobody who keeps anything. */
function manyQuestions({ agents, ask }: Stack, count: number): Promise<number> {
  return inParallel(count, async (at) => {
    const to = agents[at % agents.length] ?? '';
    const first = { node, sessionId: null, action: 'execute' as const, form: null };
    await ask(to, writeCommandRequest(first));
    const submitted = form('submit', [field('amount', '3')]);
    await ask(to, writeCommandRequest({ ...first, sessionId: 's', action: 'complete', form: submitted }));
  });
}

async function manyCommits(db: Database, count: number): Promise<number> {
  await db.execute(sql`create table if not exists bare_commit (id bigserial primary key, body jsonb)`);
  const body = JSON.stringify({ amount: 3 });
  return inParallel(count, () => db.execute(sql`insert into bare_commit (body) values (${body}::jsonb)`));
}

/** Transactions that wrote something, since the database was made. */
async function writesSoFar(db: Database): Promise<number> {
  const result = await db.execute(sql`select pg_current_xact_id()::text as at`);
  return Number(rowsOf<{ at: string }>(result)[0]?.at);
}

/** Until the queue is empty. */
async function idle(db: Database): Promise<void> {
  for (;;) {
    const result = await db.execute(sql`select count(*)::int as jobs from job`);
    if (rowsOf<{ jobs: number }>(result)[0]?.jobs === 0) return;
    await wait(50);
  }
}
