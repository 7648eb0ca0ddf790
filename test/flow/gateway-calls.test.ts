import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { contractHistory, contractToCarryOn } from '../../db/read-contracts.ts';
import { findRegistration, grantRegistration, withdrawRegistration } from '../../db/registrations.ts';
import { writeIndex } from '../../db/write-index.ts';
import type { Contract } from '../../market/contract/contract.ts';
import { listingId } from '../../market/listing-id.ts';
import { isProblem } from '../../market/problem.ts';
import { toolListings } from '../../market/tool-listings.ts';
import { openCall } from '../../operations/contracts/call.ts';
import { moveOwn } from '../../operations/contracts/move.ts';
import { NS_AGENT_TASK } from '../../protocol/dialects/agent-gateway/namespaces.ts';
import { writeStanzaError } from '../../protocol/stanza-error.ts';
import { xml } from '../../protocol/xml.ts';
import { type RunningGateway, startGateway } from '../../scripts/specialists/gateway/gateway.ts';
import { kitchen } from '../../scripts/specialists/gateway/kitchen.ts';
import { canonical } from '../../scripts/specialists/gateway/manifest.ts';
import { numbers } from '../../scripts/specialists/gateway/numbers.ts';
import { startAgent } from '../support/agent.ts';
import { callsThrough } from '../support/calls.ts';
import {
  createDirectory,
  runWorker,
  spawnWorker,
  type TestDirectory,
  type TestWorker,
  until,
} from '../support/directory.ts';
import { ownerOf, runTampered } from '../support/gateway.ts';
import { indexOf } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';

const { kitchen: component } = inject('stack').components;
const jid = (account: string) => `${account}@${component.domain}`;

let directory: TestDirectory;
let worker: TestWorker;
const { deps, settled } = callsThrough(() => directory);

beforeAll(async () => {
  directory = await createDirectory();
  directory.environment.ABSENCE_MS = '600000';
  directory.environment.CALL_TIMEOUT_MS = '2000';
  for (const endpoint of [kitchen, numbers]) await registered(endpoint);
  worker = await runWorker(directory);
  await until('the directory is online', async () => worker.session.ready);
});

/** The endpoint as the directory knows it once it has read it, and registered. */
async function registered(endpoint: typeof kitchen): Promise<void> {
  const provider = jid(endpoint.account);
  const tools = endpoint.tools.map((tool) => ({
    ...{ name: tool.name, title: tool.title, description: tool.description, tags: tool.tags, icon: null },
    version: endpoint.version,
    hints: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
    inputSchema: canonical(tool.inputSchema),
    outputSchema: canonical(tool.outputSchema),
  }));
  const listings = toolListings(ownerOf(provider), tools).map(({ listing }) => listing);
  await writeIndex(directory.db, [{ ...indexOf(provider, listings), facts: { tools } }], 0);
  await grantRegistration(
    directory.db,
    { jid: provider, domain: component.domain },
    { leaseHours: 24, relay: null, presence: null, about: null, resource: '' },
  );
}

/** A gateway whose tasks are kept in a file, so that it can be started again. */
async function gateway() {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-gateway-'));
  const tasksPath = join(folder, 'tasks.json');
  const start = () => startGateway({ ...component, tasksPath });
  let running: RunningGateway = await start();
  onTestFinished(async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    stop: () => running.stop(),
    async again() {
      running = await start();
    },
    forget: () => rmSync(tasksPath, { force: true }),
    /** Of its tasks, in the order in which they came. */
    states: () =>
      existsSync(tasksPath)
        ? (JSON.parse(readFileSync(tasksPath, 'utf8')) as { state: string }[]).map(({ state }) => state)
        : [],
  };
}

async function call(tool: string, input: object, account = 'kitchen') {
  const who = { jid: `ann-${randomBytes(4).toString('hex')}@agents.test`, domain: 'agents.test' };
  const listing = listingId({ jid: jid(account), kind: 'tool', node: tool });
  const made = await openCall(deps(), who, { listing, input: input as never, seq: null }, null);
  if (isProblem(made)) throw new Error(made.detail);
  return { id: made.id, who };
}

const historyOf = async ({ id }: { id: string }) =>
  (await contractHistory(directory.db, id, 100)).map(({ move }) => move);

async function contractOf({ id }: { id: string }): Promise<Contract & { step: unknown }> {
  const known = await contractToCarryOn(directory.db, id);
  if (!known) throw new Error('no contract');
  return { ...known.contract, step: known.thread.step };
}

const isRunning = (made: { id: string }) =>
  until('the task runs', async () => (await contractOf(made)).step === 'running');

describe('a tool behind a gateway', () => {
  test('is invoked, and its result typed and kept', async () => {
    await gateway();
    const made = await call('primes.factorise', { number: 360 }, 'numbers');
    expect(await settled(made)).toMatchObject({
      state: 'completed',
      protocol: 'agent-task',
      result: { values: { factors: [2, 2, 2, 3, 3, 5], prime: false }, matches: true },
    });
    expect(await historyOf(made)).toEqual(['call', 'start', 'deliver']);
  });

  test('tells how far it is', async () => {
    await gateway();
    const made = await call('kitchen.bake', { cake: 'sponge', seconds: 3 });
    expect(await settled(made)).toMatchObject({ state: 'completed', result: { values: { cake: 'sponge' } } });
    const told = (await contractHistory(directory.db, made.id, 100)).flatMap(({ data }) =>
      data.progress ? [data.progress.stage] : [],
    );
    expect(told).toContain('baking');
  });

  test('that fails says why', async () => {
    await gateway();
    const made = await call('kitchen.bake', { cake: 'sponge', seconds: 0, burn: true });
    expect(await settled(made)).toMatchObject({
      state: 'failed',
      fault: 'provider',
      reason: 'The sponge is burnt. (failed)',
    });
  });

  test('asks its client, who has to answer as it is asked, and goes on with that', async () => {
    await gateway();
    const made = await call('kitchen.order', { pizza: 'margherita' });
    expect(await settled(made)).toMatchObject({
      state: 'input-required',
      ask: { text: 'Which size?', missing: ['size'], inputs: [{ name: 'size', type: 'enum' }] },
    });
    const give = (size: string) =>
      moveOwn(deps(), made.who, made.id, { move: 'input', data: { input: { size } } }, null);
    expect(await give('huge')).toMatchObject({ problem: 'input-refused' });
    expect(await give('large')).toMatchObject({ state: 'working' });
    expect(await settled(made)).toMatchObject({
      state: 'completed',
      result: { values: { order: 'large margherita' } },
    });
  });

  test('asks its client again where the agent does not take the answer', async () => {
    let answered = 0;
    await runTampered(component, (answer, query) => {
      if (!query.getChild('provide-input', NS_AGENT_TASK) || answered++ > 0) return answer;
      const refusal = writeStanzaError({ type: 'modify', condition: 'not-acceptable', text: 'Sold out.' });
      return xml('iq', { ...answer.attrs, type: 'error' }, refusal);
    });
    const made = await call('kitchen.order', { pizza: 'diavola' });
    await settled(made);
    const give = { move: 'input' as const, data: { input: { size: 'large' } } };
    await moveOwn(deps(), made.who, made.id, give, null);
    await until('it is asked again', async () => (await historyOf(made)).length >= 5);
    expect((await historyOf(made)).slice(0, 5)).toEqual(['call', 'start', 'ask', 'input', 'ask']);
    const [, , , , again] = await contractHistory(directory.db, made.id, 10);
    expect(again?.data.ask?.text).toBe('Which size?\nSold out.');
  });

  test.each([
    ['working', 'kitchen.bake', { cake: 'fruit', seconds: 60 }],
    ['input-required', 'kitchen.order', { pizza: 'funghi' }],
  ])('is cancelled while it is %s, and so is the task', async (state, tool, input) => {
    const { states } = await gateway();
    const made = await call(tool, input);
    await isRunningOrAsked(made, state);
    await moveOwn(deps(), made.who, made.id, { move: 'cancel', data: {} }, null);
    await until('the task is cancelled', async () => states().at(-1) === 'cancelled');
    expect(await contractOf(made)).toMatchObject({ state: 'cancelled' });
  });

  test('whose client lets the time run out is cancelled too', async () => {
    const { states } = await gateway();
    const made = await call('kitchen.order', { pizza: 'calzone' });
    await isRunningOrAsked(made, 'input-required');
    await directory.db.execute(
      sql`update contract set since = now() - interval '1 day', due = now() where id = ${made.id}`,
    );
    await until('the call has expired', async () => (await contractOf(made)).state === 'expired');
    await until('the task is cancelled', async () => states().at(-1) === 'cancelled');
  });

  test('of an agent that withdraws its permission goes no further, and is cancelled', async () => {
    const { states } = await gateway();
    const made = await call('kitchen.order', { pizza: 'napoli' });
    await isRunningOrAsked(made, 'input-required');
    await withdrawRegistration(directory.db, jid('kitchen'));
    onTestFinished(() => registered(kitchen));
    const give = { move: 'input' as const, data: { input: { size: 'small' } } };
    await moveOwn(deps(), made.who, made.id, give, null);
    expect(await settled(made)).toMatchObject({ state: 'failed', fault: 'provider' });
    await until('the task is cancelled', async () => states().at(-1) === 'cancelled');
  });

  test('whose answers are lost is invoked once', async () => {
    let lost = 0;
    const invoked: string[] = [];
    const accepted = new Set<string | undefined>();
    await runTampered(component, (answer, query) => {
      if (!query.getChild('invoke', NS_AGENT_TASK)) return answer;
      invoked.push(query.getChild('invoke')?.attrs['request-id'] ?? '');
      accepted.add(answer.getChild('accepted')?.attrs['task-id']);
      return answer.name === 'iq' && lost++ < 1 ? null : answer;
    });
    const made = await call('primes.factorise', { number: 97 }, 'numbers');
    expect(await settled(made)).toMatchObject({ state: 'completed', result: { values: { prime: true } } });
    expect([lost, new Set(invoked).size]).toEqual([2, 1]);
    accepted.delete(undefined);
    expect(accepted.size).toBe(1);
    expect(await historyOf(made)).toEqual(['call', 'start', 'deliver']);
  });

  test('that is refused is declined, and invoked once', async () => {
    let invoked = 0;
    await runTampered(component, (answer, query) => {
      if (!query.getChild('invoke', NS_AGENT_TASK)) return answer;
      if (answer.name !== 'iq') return null;
      invoked++;
      const refusal = writeStanzaError({ type: 'auth', condition: 'forbidden', text: 'Not you.' });
      return xml('iq', { ...answer.attrs, type: 'error' }, refusal);
    });
    const made = await call('primes.factorise', { number: 7 }, 'numbers');
    expect(await settled(made)).toMatchObject({
      state: 'declined',
      reason: 'The agent answers forbidden: Not you.',
    });
    expect(invoked).toBe(1);
  });

  test('that is of another version than the listing is not invoked', async () => {
    const { states } = await gateway();
    await registered({ ...numbers, version: '0.1.0' });
    onTestFinished(() => registered(numbers));
    const made = await call('primes.factorise', { number: 7 }, 'numbers');
    expect(await settled(made)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('the listing is of 0.1.0'),
    });
    expect(states()).toEqual([]);
  });

  test('is told of by nobody else: what others say of a task changes nothing, and is no chat', async () => {
    await gateway();
    const made = await call('kitchen.bake', { cake: 'plain', seconds: 2 });
    await isRunning(made);
    const taskId = String((await contractToCarryOn(directory.db, made.id))?.thread.taskId);
    const stranger = await startAgent({ directory: directory.jid, subscribe: false });
    const heard: string[] = [];
    stranger.onMessage = (stanza) => void heard.push(stanza.toString());
    const event = { xmlns: NS_AGENT_TASK, 'task-id': taskId, 'event-id': `event-${'e'.repeat(22)}` };
    for (const [type, payload] of [
      ['progress', '{"percent":99,"stage":"forged"}'],
      ['completed', '{"result":{"content":[]}}'],
      ['completed', 'nonsense'],
    ])
      stranger.send(
        xml(
          'message',
          { to: directory.jid },
          xml('body', {}, 'help'),
          xml('event', { ...event, revision: '1', type }, payload),
        ),
      );
    expect(await settled(made)).toMatchObject({ state: 'completed', result: { values: { cake: 'plain' } } });
    expect(JSON.stringify(await contractHistory(directory.db, made.id, 100))).not.toContain('forged');
    expect(heard).toEqual([]);
  });
});

test('the endpoints of the sample gateway register themselves, and are read and called', async () => {
  await withdrawRegistration(directory.db, jid('numbers'));
  onTestFinished(() => registered(numbers));
  const running = await startGateway({ ...component, directory: directory.jid });
  onTestFinished(() => running.stop());
  const isLive = async () => (await findRegistration(directory.db, jid('numbers')))?.state === 'live';
  await until('the endpoint has registered', isLive);
  const made = await until('it can be called', () =>
    call('primes.factorise', { number: 6 }, 'numbers').catch(() => null),
  );
  expect(await settled(made)).toMatchObject({ state: 'completed', result: { values: { factors: [2, 3] } } });
});

describe('a gateway that is gone for a while', () => {
  test('is asked again when it is back, and goes on', async () => {
    const own = await gateway();
    const baking = await call('kitchen.bake', { cake: 'rye', seconds: 1 });
    const asking = await call('kitchen.order', { pizza: 'marinara' });
    await isRunning(baking);
    await isRunningOrAsked(asking, 'input-required');
    await own.stop();
    const give = { move: 'input' as const, data: { input: { size: 'small' } } };
    expect(await moveOwn(deps(), asking.who, asking.id, give, null)).toMatchObject({ state: 'working' });
    await own.again();
    expect(await settled(baking)).toMatchObject({ state: 'completed' });
    expect(await settled(asking)).toMatchObject({
      state: 'completed',
      result: { values: { order: 'small marinara' } },
    });
  });

  test('and that has forgotten the task leaves the call unknown', async () => {
    const own = await gateway();
    const made = await call('kitchen.bake', { cake: 'lost', seconds: 60 });
    await isRunning(made);
    await own.stop();
    own.forget();
    await own.again();
    expect(await settled(made)).toMatchObject({
      state: 'unknown',
      reason: 'The gateway no longer knows of the task.',
    });
  });
});

describe('a task whose call was cancelled while its invocation was out', () => {
  /** A gateway that takes everything and answers no invocation while it is mute. */
  async function muteGateway() {
    const heard = {
      invoked: [] as string[],
      tasks: new Set<string>(),
      cancelled: [] as string[],
      isMute: true,
    };
    await runTampered(component, (answer, query) => {
      const cancel = query.getChild('cancel', NS_AGENT_TASK);
      if (cancel && answer.attrs.type === 'result') heard.cancelled.push(cancel.attrs['task-id'] ?? '');
      if (!query.getChild('invoke', NS_AGENT_TASK)) return answer;
      const task = answer.getChild('accepted')?.attrs['task-id'];
      if (task) {
        heard.invoked.push(query.getChild('invoke')?.attrs['request-id'] ?? '');
        heard.tasks.add(task);
      }
      return heard.isMute ? null : answer;
    });
    return heard;
  }

  async function cancelled(invoked: string[]) {
    const made = await call('kitchen.bake', { cake: `late ${invoked.length}`, seconds: 60 });
    await until('it is invoked', async () => invoked.length >= 1);
    await moveOwn(deps(), made.who, made.id, { move: 'cancel', data: {} }, null);
    return made;
  }

  test('is cancelled by the worker that invoked it, once it hears that it was accepted', async () => {
    const gate = await muteGateway();
    const made = await cancelled(gate.invoked);
    gate.isMute = false;
    await until('the task is cancelled', async () => gate.cancelled.length > 0);
    expect(gate.cancelled).toEqual([...gate.tasks]);
    await until('that is noted', async () => (await contractOf(made)).step === 'closed');
    expect([await historyOf(made), new Set(gate.invoked).size]).toEqual([['call', 'start', 'cancel'], 1]);
  });

  test('is cancelled by the worker after it, where that one was killed', async () => {
    const gate = await muteGateway();
    await worker.stop();
    directory.environment.CALL_TIMEOUT_MS = '20000';
    const first = spawnWorker(directory);
    const made = await cancelled(gate.invoked);
    await until('the worker has taken the job', async () => (await jobsLeft()) === 0);
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(await contractOf(made)).toMatchObject({ state: 'cancelled', step: 'invoking' });
    gate.isMute = false;
    const second = spawnWorker(directory);
    await until('the task is cancelled', async () => gate.cancelled.length > 0);
    expect(gate.cancelled).toEqual([...gate.tasks]);
    await until('that is noted', async () => (await contractOf(made)).step === 'closed');
    // The same request once more, which is the same task.
    expect([await historyOf(made), new Set(gate.invoked).size]).toEqual([['call', 'start', 'cancel'], 1]);
    second.kill('SIGKILL');
    await once(second, 'exit');
    directory.environment.CALL_TIMEOUT_MS = '2000';
  });

  const jobsLeft = async () => {
    const left = sql`select from job where task = 'call'`;
    return (await rowsOf(directory.db, left)).length;
  };
});

describe('a worker that is killed', () => {
  test('while tasks run, wait for input, or were just invoked leaves them to the next; none is lost or made twice', async () => {
    await worker.stop();
    const invocations: string[] = [];
    let isMute = false;
    await runTampered(
      component,
      (answer, query) => {
        const invoke = query.getChild('invoke', NS_AGENT_TASK);
        if (!invoke) return answer;
        invocations.push(invoke.attrs['request-id'] ?? '');
        return isMute ? null : answer;
      },
      {},
    );
    const first = spawnWorker(directory);
    const baking = await call('kitchen.bake', { cake: 'slow', seconds: 4 });
    const asking = await call('kitchen.order', { pizza: 'bianca' });
    await until('the task runs', async () => (await contractOf(baking)).step === 'running');
    await isRunningOrAsked(asking, 'input-required');
    isMute = true;
    const unheard = await call('kitchen.bake', { cake: 'unheard', seconds: 0 });
    await until('it is invoked', async () => invocations.length >= 3);
    first.kill('SIGKILL');
    await once(first, 'exit');
    isMute = false;
    const give = { move: 'input' as const, data: { input: { size: 'large' } } };
    expect(await moveOwn(deps(), asking.who, asking.id, give, null)).toMatchObject({ state: 'working' });

    spawnWorker(directory);
    const ends = await Promise.all(
      [baking, asking, unheard].map((made) =>
        until('the call has ended', async () => {
          const { state, result } = await contractOf(made);
          return ['completed', 'unknown', 'failed'].includes(state) ? [state, result?.values] : null;
        }),
      ),
    );
    expect(ends).toEqual([
      ['completed', { cake: 'slow' }],
      ['completed', { order: 'large bianca' }],
      ['completed', { cake: 'unheard' }],
    ]);
    expect(new Set(invocations).size).toBe(3);
  });
});

async function isRunningOrAsked(made: { id: string }, state: string): Promise<void> {
  await until(`the call is ${state}`, async () => {
    const now = await contractOf(made);
    return now.state === state && (state !== 'working' || now.step === 'running');
  });
}
