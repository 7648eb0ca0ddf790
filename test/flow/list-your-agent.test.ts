import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { inputsOf } from '../../market/inputs.ts';
import { capsVerOfElement } from '../../protocol/caps.ts';
import { type FieldType, fieldTypes } from '../../protocol/data-form.ts';
import { NS_CAPS, NS_COMMANDS, NS_DISCO_INFO } from '../../protocol/namespaces.ts';
import type { Element } from '../../protocol/xml.ts';
import { Author, askers } from '../support/author.ts';
import { asComponent, type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { textField } from '../support/fields.ts';
import { type OwnServer, ownNetwork } from '../support/network.ts';
import { agentOverHttp, type ListingJson } from '../support/overview.ts';
import { Page, shapeOf } from '../support/page.ts';

const path = fileURLToPath(new URL('../../docs/list-your-agent.md', import.meta.url));
const page = new Page(path);

let directory: RunningDirectory;

let home: OwnServer;

beforeAll(async () => {
  ({ home } = await ownNetwork());
  directory = await startDirectory(asComponent(home));
});

const connect = () => Author.connect(home, page);

const listingsOf = async (author: Author) =>
  (await agentOverHttp(directory.http, author.jid))?.listings ?? null;

/** Waits until the agent's one listing says all of this. */
async function lists(author: Author, wanted: object): Promise<ListingJson> {
  let seen: ListingJson[] | null = null;
  const text = JSON.stringify(wanted).replaceAll('dice@agents.test', author.jid);
  const matches = ([listing, ...others]: ListingJson[]) => {
    try {
      expect(others).toEqual([]);
      expect(listing).toMatchObject(JSON.parse(text));
      return listing;
    } catch {
      return false;
    }
  };
  const check = async () => {
    seen = await listingsOf(author);
    return seen !== null && matches(seen);
  };
  return until(`${author.jid} lists ${text}`, check).catch((error: Error) => {
    const shown = seen?.map(({ provenance: _said, ...rest }) => rest);
    throw new Error(`${error.message}; it lists ${JSON.stringify(shown)}`);
  });
}

const isGone = (author: Author) =>
  until(`${author.jid} is not listed`, async () => (await listingsOf(author)) === null);

const [plain, more] = page.json as [object, object];
/** What the last says, whatever else adds tags. */
const { tags: _tags, ...said } = more as { tags: string[] };

describe('who follows docs/list-your-agent.md', () => {
  let author: Author;
  beforeAll(async () => {
    author = await connect();
  });

  test('is listed seconds after subscribing, with the inputs of the page', async () => {
    await author.send('roster');
    await author.send('online');
    await author.send('subscribe');
    await author.receives('subscribed');
    await author.receives('subscribe');
    await author.send('accept');
    const listing = await lists(author, plain);
    expect(listing.inputSchema).toMatchObject({
      required: ['count'],
      properties: { count: { maximum: 100 } },
    });
    await until('everything that the page says was asked', async () =>
      ['caps', 'info', 'commands', 'command-info', 'first-form', 'cancel', 'ping'].every((name) =>
        author.asked.includes(name),
      ),
    );
  });

  test('announces what it answers', () => {
    const caps = author.stanza('you send: online').getChild('c', NS_CAPS)?.attrs;
    for (const name of ['info', 'caps']) {
      const query = author.stanza(`you answer: ${name}`).getChild('query', NS_DISCO_INFO) as Element;
      expect(capsVerOfElement(query)).toBe(caps?.ver);
      expect([undefined, `${caps?.node}#${caps?.ver}`]).toContain(query.attrs.node);
    }
  });

  test('is called by anybody', async () => {
    const friend = await connect();
    const shown = (title: string) => author.stanza(title).getChild('command', NS_COMMANDS) as Element;
    const question = shown('a caller sends: submit');
    const answer = await friend.call(question, author.fullJid);
    expect(shapeOf(answer)).toBe(shapeOf(shown('you answer: submit')));
  });

  test('says more in its disco#info and by PEP, and sees its listing change within seconds', async () => {
    author.say('command-info', 'command-info-listing');
    await author.send('online');
    await lists(author, { name: 'Roll fair dice', category: 'games' });
    await author.send('publish');
    await lists(author, { price: { amount: '0.01' } });
    await author.send('publish-change');
    const listing = await lists(author, more);
    expect(listing.inputs).toMatchObject([{ type: 'integer' }, { type: 'enum' }]);
  });

  test('says more by a card, which is the same listing', async () => {
    await author.send('publish-card');
    const listing = await lists(author, { tags: ['dice', 'random', 'games'] });
    expect(listing.sources.map(({ source }) => source)).toContain('agent-card');
  });

  test('states its inputs in words, and is executed no more', async () => {
    author.say('command-info', 'command-info-fields');
    const before = author.asked.filter((name) => name === 'first-form').length;
    await author.send('online');
    const listing = await lists(author, { inputs: [{ name: 'count', type: 'string', required: true }, {}] });
    expect(listing.sources.map(({ source }) => source)).toContain('command-meta');
    expect(author.asked.filter((name) => name === 'first-form').length).toBe(before);
    author.say('command-info', 'command-info-listing');
    await author.send('online');
    await lists(author, said);
  });

  test('registers, sees what is said of it, and gets a token', async () => {
    await author.walk('register', 'register-submit');
    await lists(author, { ...said, call: { relay: true } });
    const mine = await author.walk('mine', 'mine-show');
    expect(mine.toString()).toContain('Roll fair dice');
    const issued = await author.walk('token', 'token-issue', 'token-submit');
    expect(issued.toString()).toMatch(/guildhall_[\w-]{20,}/);
  });

  test('leaves by each of the ways', async () => {
    await author.send('unsubscribe');
    await author.receives('unsubscribe');
    expect(await listingsOf(author)).not.toBeNull();
    await author.walk('deregister', 'deregister-confirm');
    expect(await listingsOf(author)).toBeNull();
    await author.send('subscribe');
    await author.send('accept');
    await lists(author, said);
    author.say('info', 'info-noindex');
    await author.send('online-noindex');
    await isGone(author);
  });

  test('was asked nothing that the page does not tell of', () => {
    const known = askers.flatMap((who) => page.namesOf(who));
    expect(author.asked.filter((name) => !known.includes(name))).toEqual([]);
  });
});

test('who registers by command instead of subscribing is listed likewise', async () => {
  const author = await connect();
  await author.send('roster');
  await author.send('online');
  await author.walk('register', 'register-submit');
  // Where it is online, and whether, is known by presence alone.
  const { availability: _unseen, call, ...listing } = plain as ListingJson;
  await lists(author, { ...listing, call: { protocol: call?.protocol, node: call?.node } });
});

describe('docs/list-your-agent.md', () => {
  const cells = (row: string) =>
    row.split('|').map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? ''));
  const isField = (name: string) => fieldTypes.some((type) => type === name);
  const rows = page.text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => ({ line, parts: cells(line) }))
    .filter(({ parts: [, types = []] }) => types.length > 0 && types.every(isField));

  test('has a row for every type of field', () => {
    expect(new Set(rows.flatMap(({ parts: [, types = []] }) => types))).toEqual(new Set(fieldTypes));
  });

  test.each(rows)('is right: $line', ({ line, parts: [, types = [], datatypes = [], wanted = []] }) => {
    for (const type of types as FieldType[]) {
      for (const datatype of datatypes.length > 0 ? datatypes : [null]) {
        const options = type.startsWith('list-') ? [{ value: '1', label: null }] : [];
        const validation = datatype && {
          datatype,
          method: 'basic' as const,
          min: null,
          max: null,
          regex: null,
        };
        const [input] = inputsOf([textField('x', { type, options, validation: validation || null })]);
        expect(input?.type).toBe(wanted[0]);
        if (input) expect(input.multiple).toBe(line.includes('| several |'));
      }
    }
  });

  test('has every stanza tried above', () => {
    expect(page.unused).toEqual([]);
  });

  test('links only to files that exist', () => {
    const links = [...page.text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    const missing = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(dirname(path), link)));
    expect(missing).toEqual([]);
  });
});
