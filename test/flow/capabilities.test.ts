import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { capsVerOfElement, writeCaps } from '../../protocol/caps.ts';
import { caps2HashOfElement, writeCaps2 } from '../../protocol/caps2.ts';
import type { Form } from '../../protocol/data-form.ts';
import { writeInfo } from '../../protocol/disco.ts';
import {
  NS_COMMANDS,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_LISTING,
  NS_PING,
} from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { startAgent, type TestAgent, type TestCommand } from '../support/agent.ts';
import { tune } from '../support/commands.ts';
import { type RunningDirectory, startDirectory } from '../support/directory.ts';
import { listingForm, textField } from '../support/fields.ts';
import { listedOverHttp } from '../support/overview.ts';
import { queryIn } from '../support/questions.ts';
import { rowsOf } from '../support/rows.ts';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

const listed = (jid: string, names: string[]) => listedOverHttp(directory.http, jid, names);

const poem: TestCommand = { name: 'Write a poem', fields: [textField('theme')] };

type Asked = { root: number; commands: number };

/** Counts what the agent is asked; pings are answered, since who is refused one is asked for disco#info instead. */
function countAsked(agent: TestAgent, rootInfo?: Element): Asked {
  const asked = { root: 0, commands: 0 };
  agent.intercept = (iq) => {
    const { from, id } = iq.attrs;
    if (iq.getChild('ping', NS_PING)) {
      agent.send(xml('iq', { type: 'result', to: from, id }));
      return 'silence';
    }
    if (queryIn(iq, NS_DISCO_ITEMS, NS_COMMANDS)) asked.commands++;
    if (!queryIn(iq, NS_DISCO_INFO)) return undefined;
    asked.root++;
    return rootInfo;
  };
  return asked;
}

/** An agent that announces the capabilities and is asked for them from its first presence on. */
async function announcing(
  caps: Element,
  rootInfo: Element,
  commands: { [node: string]: TestCommand },
): Promise<{ agent: TestAgent; asked: Asked }> {
  const agent = await startAgent({ directory: directory.jid, commands, subscribe: false });
  const asked = countAsked(agent, rootInfo);
  agent.send(xml('presence', {}, caps));
  agent.subscribe();
  return { agent, asked };
}

/** A disco#info that no other test's agent has; in the language that its server would take for that of its stream. */
function someInfo(...forms: Form[]): Element {
  return writeInfo({
    node: null,
    identities: [{ category: 'automation', type: 'agent', name: null, lang: 'en' }],
    features: [NS_COMMANDS, `urn:a:test:${randomBytes(5).toString('hex')}`],
    forms,
  });
}

const sha1Of = (info: Element) =>
  writeCaps({ hash: 'sha-1', node: 'https://agents.example/', ver: capsVerOfElement(info) ?? '' });

const isKept = async (ver: string) =>
  (await rowsOf(directory.db, sql`select from caps_info where ver = ${ver}`)).length > 0;

describe('capabilities', () => {
  test.each<[string, (info: Element) => Element]>([
    ['XEP-0115', sha1Of],
    [
      'XEP-0390',
      (info) => {
        const hash = caps2HashOfElement(info);
        return writeCaps2({ hashes: hash ? [hash] : [] });
      },
    ],
  ])(
    '(%s) that were verified save the next agent the question, but for its commands',
    async (_xep, capsOf) => {
      const info = someInfo();
      const first = await announcing(capsOf(info), info, { tune });
      await listed(first.agent.jid, ['Name that tune']);
      const second = await announcing(capsOf(info), info, { poem });
      await listed(second.agent.jid, ['Write a poem']);
      expect([first.asked.root, second.asked.root]).toEqual([1, 0]);
      expect(second.asked.commands).toBeGreaterThan(0);
      // Its presence comes again, and its list of commands is another.
      second.agent.commands.set('tune', tune);
      second.agent.send(xml('presence', {}, capsOf(info)));
      await listed(second.agent.jid, ['Name that tune', 'Write a poem']);
      expect(second.asked.root).toBe(0);
    },
  );

  test('whose hash is a lie are kept for nobody', async () => {
    const [stated, real] = [someInfo(), someInfo()];
    const first = await announcing(sha1Of(stated), real, { tune });
    await listed(first.agent.jid, ['Name that tune']);
    const second = await announcing(sha1Of(stated), stated, { poem });
    await listed(second.agent.jid, ['Write a poem']);
    expect([first.asked.root, second.asked.root]).toEqual([1, 1]);
    expect(await isKept(capsVerOfElement(real) ?? '')).toBe(false);
  });

  test("whose text collides with another's by a '<' in a name do not stand in for the other's", async () => {
    const honest = someInfo(listingForm({ name: 'Honest poems' }));
    // The form's texts, joined as the hash joins them, as if they were one more feature.
    const forged = someInfo();
    forged.children = honest.getChildren('identity').concat(honest.getChildren('feature'));
    forged.append(xml('feature', { var: `${NS_LISTING}<name<Honest poems` }));
    const ver = capsVerOfElement(honest) ?? '';
    expect(capsVerOfElement(forged)).toBe(ver);
    const attacker = await announcing(sha1Of(honest), forged, { tune });
    await listed(attacker.agent.jid, ['Name that tune']);
    expect(await isKept(ver)).toBe(false);
    const victim = await announcing(sha1Of(honest), honest, { poem });
    const [listing] = await listed(victim.agent.jid, ['Write a poem']);
    expect([victim.asked.root, listing?.provider.name]).toEqual([1, 'Honest poems']);
  });
});
