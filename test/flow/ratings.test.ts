import { beforeAll, describe, expect, test } from 'vitest';
import { contractRatings } from '../../db/ratings.ts';
import { componentsAmong, findScores } from '../../db/reputation.ts';
import { rate } from '../../operations/ratings/rate.ts';
import { NS_CONTRACT } from '../../protocol/namespaces.ts';
import type { Element } from '../../protocol/xml.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import {
  asComponent,
  createDirectory,
  type RunningDirectory,
  runWorker,
  spawnWorker,
  startDirectory,
  until,
} from '../support/directory.ts';
import { type OwnNetwork, ownNetwork } from '../support/network.ts';
import { callerOf, dealt, depsOf, done } from '../support/ratings.ts';
import { tradeAt, valueIn, valuesIn } from '../support/trade.ts';
import { visit } from '../support/visits.ts';

let network: OwnNetwork;
let directory: RunningDirectory;
const { walk, move, open } = tradeAt(() => directory);

beforeAll(async () => {
  network = await ownNetwork();
});

/** What the agent is told of ratings from now on. */
function ratingsToldTo(agent: TestAgent): Element[] {
  const told: Element[] = [];
  agent.onMessage = (stanza) => {
    if (stanza.getChild('rating', NS_CONTRACT)) told.push(stanza);
  };
  return told;
}

const bodyOf = (stanza: Element | undefined) => stanza?.getChildText('body');

describe.each<[what: string, start: () => Promise<RunningDirectory>]>([
  ['an account', () => startDirectory(network.home)],
  ['a component', () => startDirectory(asComponent(network.home))],
])('at a directory that is %s,', (_what, start) => {
  beforeAll(async () => {
    directory = await start();
  });
  const party = (server = network.far) => startAgent({ directory: directory.jid, subscribe: false, server });

  /** A contract of the two that went well. */
  async function completed(ann: TestAgent, fx: TestAgent): Promise<string> {
    const id = await open(ann, fx);
    for (const name of ['accept', 'start']) await move(fx, id, name);
    await move(fx, id, 'deliver', { text: 'Done.' });
    await move(ann, id, 'complete');
    return id;
  }

  test('the sides of a contract rate and answer each other over XMPP alone', async () => {
    const [ann, fx] = [await party(network.home), await party()];
    const id = await completed(ann, fx);
    const [annTold, fxTold] = [ratingsToldTo(ann), ratingsToldTo(fx)];
    const form = await walk(ann, 'rate', { id });
    expect(form.form?.fields.map((field) => [field.var, field.required])).toEqual([
      ['score', true],
      ['correct', false],
      ['on_time', false],
      ['as_described', false],
      ['text', false],
    ]);
    const rated = await walk(
      ann,
      'rate',
      { id },
      { score: '5', correct: 'yes', on_time: 'no', text: ['Good', "it's <b>fine</b>."] },
    );
    expect([rated.status, valueIn(rated, 'given_score'), valuesIn(rated, 'given_aspects')]).toEqual([
      ...['completed', '5', ['correct: yes', 'on_time: no']],
    ]);
    const notice = await until('who was rated is told', async () => fxTold[0]);
    expect(notice.attrs).toMatchObject({ from: directory.address, id: `rating-${id}-client-rate` });
    expect(bodyOf(notice)).toBe(
      [
        `Contract ${id} with ${ann.jid}: rated 5 of 5.`,
        "It says: 'Good it's <b>fine</b>.'",
        "The command 'reply' answers it, once; 'rate' rates the other side.",
      ].join('\n'),
    );
    const asked = await walk(fx, 'reply', { id });
    expect(asked.form?.instructions).toContain("It says: 5 of 5.\nGood\nit's <b>fine</b>.");
    const answered = await walk(fx, 'reply', { id }, { text: ['Thank', 'you.'] });
    expect(valuesIn(answered, 'received_reply')).toEqual(['Thank', 'you.']);
    expect(valuesIn(answered, 'open')).toEqual(['rate']);
    const heard = await until('who rated is told of the answer', async () => annTold[0]);
    expect(bodyOf(heard)).toContain("your rating is answered.\nIt says: 'Thank you.'");
    expect((await walk(fx, 'rate', { id }, { score: '4' })).status).toBe('completed');

    const scores = await until('the score is computed', async () => {
      const found = await findScores(directory.db, fx.jid);
      return found.provider ? found : null;
    });
    expect(scores.provider).toMatchObject({ count: 1 });
    await until('the client has one too', async () => (await findScores(directory.db, ann.jid)).client);

    const again = await walk(ann, 'rate', { id });
    expect(again.form?.fields.map((field) => [field.var, field.values])).toEqual([
      ['act', ['change']],
      ['score', ['5']],
      ['correct', ['yes']],
      ['on_time', ['no']],
      ['as_described', []],
      ['text', ['Good', "it's <b>fine</b>."]],
    ]);
    const changed = await walk(ann, 'rate', { id }, { act: 'change', score: '2', text: '' });
    expect([valueIn(changed, 'given_score'), valuesIn(changed, 'given_text')]).toEqual(['2', []]);
    const withdrawn = await walk(ann, 'rate', { id }, { act: 'withdraw', score: '2' });
    expect(valueIn(withdrawn, 'given_score')).toBe('withdrawn');
    expect((await walk(ann, 'rate', { id })).form?.type).toBe('result');
    expect((await walk(fx, 'reply', { id })).form?.type).toBe('result');
    await until(
      'nothing is left of the score',
      async () => !(await findScores(directory.db, fx.jid)).provider,
    );
  });

  test('nobody else rates it, under whatever address, and nobody before it has ended', async () => {
    const [ann, fx, eve] = [await party(network.home), await party(), await party()];
    const id = await open(ann, fx);
    await expect(walk(ann, 'rate', { id })).rejects.toThrow(/unexpected-request/);
    await expect(walk(eve, 'rate', { id })).rejects.toThrow(/item-not-found/);
    await expect(walk(eve, 'reply', { id })).rejects.toThrow(/item-not-found/);
    await expect(walk(fx, 'reply', { id })).rejects.toThrow(/item-not-found/);
    await expect(walk(fx, 'rate', { id: `${id}x` })).rejects.toThrow(/item-not-found/);
    expect(await contractRatings(directory.db, id)).toEqual({ client: null, provider: null });
  });
});

test('the crawl tells components, whose addresses are one party, from servers', async () => {
  const [server, service] = [network.far.domain, `pubsub.${network.far.domain}`];
  await Promise.all([visit(directory, server), visit(directory, service)]);
  await until('the component is known', async () =>
    (await componentsAmong(directory.db, [server, service])).has(service),
  );
  expect([...(await componentsAmong(directory.db, [server, service]))]).toEqual([service]);
  const [client, provider] = [`one@${service}`, `two@${service}`];
  const related = await dealt(directory.db, { client, provider });
  done(await rate(depsOf(directory.db), callerOf(client), related.id, { score: 5 }, null));
  const strangers = await dealt(directory.db, { client: `one@${server}`, provider: `two@${server}` });
  done(await rate(depsOf(directory.db), callerOf(`one@${server}`), strangers.id, { score: 5 }, null));
  await until(
    'the accounts have a score',
    async () => (await findScores(directory.db, `two@${server}`)).provider,
  );
  expect(await findScores(directory.db, provider)).toMatchObject({ provider: null });
});

describe('a score that is due', () => {
  test('is computed by whichever worker is there, though another was killed before', async () => {
    const created = await createDirectory(network.home);
    const killed = spawnWorker(created);
    const { id, provider } = await dealt(created.db);
    killed.kill('SIGKILL');
    done(await rate(depsOf(created.db), callerOf('ann@agents.test'), id, { score: 5 }, null));
    expect(await findScores(created.db, provider)).toMatchObject({ provider: null });
    await runWorker(created);
    await runWorker(created);
    const { provider: score } = await until(
      'the score is there',
      async () => {
        const found = await findScores(created.db, provider);
        return found.provider ? found : null;
      },
      30_000,
    );
    expect(score).toMatchObject({ count: 1 });
  });

  test('is computed in the end, though workers are killed while they do it', async () => {
    const created = await createDirectory(network.home);
    const providers: string[] = [];
    for (let round = 0; round < 3; round++) {
      const worker = spawnWorker(created);
      for (let at = 0; at < 5; at++) {
        const { id, provider, client } = await dealt(created.db, { provider: `p${round}x${at}@works.test` });
        providers.push(provider);
        done(await rate(depsOf(created.db), callerOf(client), id, { score: 4 }, null));
      }
      await new Promise((resolve) => setTimeout(resolve, 700 + 400 * round));
      worker.kill('SIGKILL');
    }
    await runWorker(created);
    await until(
      'every score is there',
      async () => {
        const all = await Promise.all(providers.map((provider) => findScores(created.db, provider)));
        return all.every((found) => found.provider?.count === 1);
      },
      30_000,
    );
  });
});
