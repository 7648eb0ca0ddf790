import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { NS_COMMANDS, NS_RSM } from '../../protocol/namespaces.ts';
import { startAgent } from '../support/agent.ts';
import { convert, tune } from '../support/commands.ts';
import {
  asComponent,
  type Home,
  type RunningDirectory,
  runWorker,
  startDirectory,
  until,
} from '../support/directory.ts';
import { listingForm } from '../support/fields.ts';
import { type MixedNetwork, mixedDomains, mixedNetwork, mixedStartMs } from '../support/mixed-network.ts';
import type { OwnServer } from '../support/network.ts';
import { listedOverHttp } from '../support/overview.ts';
import { startPeer } from '../support/peer.ts';

type Answer = {
  session: string;
  status: string;
  actions: string[];
  notes: [type: string, text: string][];
  reported: string[];
  rows: { [column: string]: string }[];
  values: { [field: string]: string | string[] };
};
/** What test/peers/browse.py prints. */
type Seen = {
  features: string[];
  walk: { [part: string]: unknown } & {
    root: string[];
    values: string[];
    fields: { [field: string]: string | string[] };
  };
  backwards: string[];
  search: { begun: Answer; wrong: Answer; mistaken: Answer; pages: Answer[] };
  show: Answer;
  match: { wrong: Answer; done: Answer };
  status: Answer;
  jud: { offered: string[]; reported: string[]; rows: object[]; last: string };
  agents: [jid: string, name: string | null][];
};

/** What test/peers/interrupted.py prints. */
type Interrupted = { resumed: string; after: [condition: string, text: string] };

const asAccount = ({ service, domain, ca }: OwnServer): Home => ({ service, domain, ca });

// Where loopback has a single address (macOS) there is no federation.
describe.runIf(inject('stack').federated)('clients on slixmpp', () => {
  let network: MixedNetwork;

  beforeAll(async () => {
    network = await mixedNetwork();
  }, mixedStartMs);

  describe.each([
    { mode: 'an account of the Prosody', on: 'agents.test', as: asAccount },
    { mode: 'a component of the Prosody', on: 'agents.test', as: asComponent },
    { mode: 'an account of the ejabberd', on: 'jabberd.test', as: asAccount },
    { mode: 'a component of the ejabberd', on: 'jabberd.test', as: asComponent },
  ] as const)('of a directory that is $mode', ({ on, as }) => {
    let home: OwnServer;
    let elsewhere: OwnServer;
    let directory: RunningDirectory;

    beforeAll(async () => {
      home = network[on];
      elsewhere = network[on === 'agents.test' ? 'jabberd.test' : 'agents.test'];
      directory = await startDirectory(as(home), { crawlDomains: mixedDomains.join(',') });
    });
    afterAll(() => directory.stop());

    test('find a specialist by following items, call it, and ask in every way', async () => {
      const agent = await startAgent({
        directory: directory.jid,
        server: home,
        commands: {
          convert: {
            ...convert,
            infoForms: [
              listingForm({
                name: 'Convert feet',
                tags: ['length', 'units'],
                category: 'measures',
                lang: ['en'],
              }),
            ],
          },
          tune: { ...tune, infoForms: [listingForm({ name: 'Name that tune', tags: ['units'] })] },
        },
      });
      const [listed] = await listedOverHttp(directory.http, agent.jid, ['Convert feet', 'Name that tune']);
      const options = { directory: directory.address, tag: 'units', name: 'Convert feet' };
      const seen = await (await startPeer('browse.py', elsewhere, options)).says<Seen>();

      expect(seen.features).toEqual(
        expect.arrayContaining(['jabber:iq:agents', 'jabber:iq:search', NS_RSM, NS_COMMANDS]),
      );
      const { walk } = seen;
      expect(walk.root).toEqual(
        expect.arrayContaining(['agents', 'categories', 'domains', 'inputs', 'tags']),
      );
      expect(walk.values).toEqual(expect.arrayContaining(['tags/length', 'tags/units']));
      // slixmpp keeps a page's items in no order; these came one on a page.
      expect(seen.backwards).toEqual(walk.values.toSorted().toReversed());
      expect(walk.listing).toBe(`listings/${listed?.id}`);
      expect(walk.fields).toMatchObject({
        FORM_TYPE: ['urn:guildhall:listing:0'],
        name: 'Convert feet',
        tags: expect.anything(),
        command: 'convert',
        id: listed?.id,
        jid: agent.jid,
        protocol: 'xmpp-command',
      });
      expect([walk.fields.inputs].flat().join('\n')).toBe('amount: number, required\nunit: enum');
      expect(walk.item).toEqual([agent.fullJid, 'convert', 'Convert feet']);
      expect(walk.identities).toEqual([['automation', 'command-node']]);
      expect([walk.asked, walk.status]).toEqual([['amount', 'unit'], 'completed']);

      const { begun, wrong, mistaken, pages } = seen.search;
      expect(begun).toMatchObject({ status: 'executing', actions: ['complete', 'next'] });
      expect(wrong.notes).toEqual([['error', 'max: expected a whole number from 1 to 50']]);
      expect(mistaken.notes[0]?.[1]).toMatch(/^query: Character 1: 'colour:' is no qualifier/);
      expect(pages.map(({ rows }) => rows.map(({ name }) => name))).toEqual([
        ['Convert feet'],
        ['Name that tune'],
      ]);
      expect(pages.map(({ status, actions }) => [status, actions])).toEqual([
        ['executing', ['complete', 'next', 'prev']],
        ['completed', []],
      ]);
      expect(pages[0]?.reported).toEqual([
        'name',
        'jid',
        'node',
        'kind',
        'price',
        'online',
        'rating',
        'score',
        'id',
      ]);
      expect(pages[0]?.rows[0]).toMatchObject({
        jid: agent.fullJid,
        node: 'convert',
        kind: 'command',
        price: '',
        online: '1',
        score: expect.stringMatching(/^0\.\d{3}$/),
        id: listed?.id,
      });

      expect(seen.show).toMatchObject({
        status: 'completed',
        values: { id: listed?.id, category: 'measures' },
      });
      expect(seen.match.wrong.notes).toEqual([['error', 'inputs: line 1: expected NAME=VALUE']]);
      expect(seen.match.done.rows[0]).toMatchObject({ name: 'Convert feet', missing: '', id: listed?.id });
      expect(seen.status).toMatchObject({
        status: 'completed',
        values: { agents: '1', domains: '1', online: '1' },
      });

      expect(seen.jud.offered).toEqual(['FORM_TYPE', 'query', 'tag', 'lang', 'input', 'kind']);
      expect(seen.jud.reported).toEqual(pages[0]?.reported);
      expect(seen.jud.rows).toHaveLength(1);
      expect(seen.jud.last).not.toBe('end');
      expect(seen.agents[0]).toEqual([directory.address, 'Guildhall']);
      expect(seen.agents.map(([jid]) => jid)).toContain(agent.jid);
    });

    test('go on with a command after their connection was lost, and are told when the directory was started anew', async () => {
      const peer = await startPeer('interrupted.py', elsewhere, { directory: directory.address });
      expect(await peer.says()).toBe('begun');
      await directory.stop();
      const worker = await runWorker(directory);
      await until('the directory is back', async () => worker.session.ready);
      peer.goOn();
      const seen = await peer.says<Interrupted>();
      await worker.stop();
      expect(seen.resumed).toBe('completed');
      expect(seen.after).toEqual([
        'bad-request',
        'There is no such session of yours, or it is over; start anew.',
      ]);
    });
  });
});
