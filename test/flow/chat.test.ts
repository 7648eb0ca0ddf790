import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { registerAccount } from '../../scripts/register.ts';
import { openSession } from '../../scripts/specialists/session.ts';
import { patienceLimits } from '../../worker/chat/patience.ts';
import { ownMark } from '../../worker/chat/words.ts';
import {
  createDirectory,
  type RunningDirectory,
  runWorker,
  startDirectory,
  type TestDirectory,
  until,
} from '../support/directory.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf } from '../support/listings.ts';
import { styledSpans } from '../support/styling.ts';

const hostileName = '*Free* `money`\n> quoted ```fence';

let directory: RunningDirectory;

/** Seven that translate, and one whose words are meant to be trouble. */
async function fill({ db }: TestDirectory): Promise<void> {
  const translators = Array.from({ length: 7 }, (_, at) => ({
    node: `translate_${at}`,
    name: `Translate letters ${at}`,
    description: 'Translates letters.',
    lang: ['de'],
    tags: ['letters'],
    price: { amount: '0.02', currency: 'EUR', unit: 'call' },
    inputs: [inputOf('letter', { required: true }), inputOf('tone')],
  }));
  const odd = { node: 'odd', name: hostileName, description: '```\n*x*\n> y', tags: ['oddity'] };
  await writeIndex(
    db,
    [indexOf('pen@works.test', translators), indexOf('odd@works.test', [odd])] as never,
    0,
  );
}

beforeAll(async () => {
  directory = await startDirectory();
  await fill(directory);
});

/** Somebody with an ordinary client, who keeps what is written to them. */
async function startPerson(onMessage: (stanza: Element) => void = () => undefined) {
  const server =
    inject('stack').xmpp.find(({ domain }) => domain === 'works.test') ?? inject('stack').xmpp[0];
  if (!server) throw new Error('no server');
  const account = { ...server, username: `p${randomBytes(5).toString('hex')}`, password: 'test' };
  await registerAccount(account);
  const messages: Element[] = [];
  const session = await openSession({
    ...account,
    resource: 'desk',
    onStanza(stanza) {
      if (!stanza.is('message')) return;
      messages.push(stanza);
      onMessage(stanza);
    },
    onEnd: () => undefined,
  });
  onTestFinished(() => session.close());
  /** The reply to what is said. */
  const say = async (body: string, to = directory.jid): Promise<string> => {
    const before = messages.length;
    session.send(
      xml('message', { to, type: 'chat', id: randomBytes(4).toString('hex') }, xml('body', {}, body)),
    );
    const reply = await until(`an answer to ${body}`, async () => messages[before]);
    return reply.getChildText('body') ?? '';
  };
  return { session, messages, say };
}

describe('a person with a chat client', () => {
  test('finds, reads on, and is told whom to call, with nothing but words', async () => {
    const { say, messages } = await startPerson();
    expect(await say('help')).toContain('find WORDS');
    const found = (await say('find letters lang:de')).split('\n');
    expect(found[0]).toBe(`${ownMark} results 1 to 5 for letters lang:de`);
    expect(found.slice(1, 4)).toEqual([
      expect.stringMatching(/^1\. \*Translate letters \d\* \(0\.02 EUR per call\)$/),
      expect.stringMatching(/^ {3}xmpp:pen@works\.test\?command;node=translate_\d$/),
      '   takes letter; may take tone',
    ]);
    expect(found.at(-1)).toBe('more goes on, show N tells all of one');
    const more = await say('more');
    expect(more).toMatch(/results 6 to 7 for letters lang:de\n6\. /);
    expect(await say('more')).toContain('That was all');
    const shown = await say('show 6');
    expect(shown).toContain('\nTranslates letters.\naddress: xmpp:pen@works.test?command;node=translate_');
    expect(shown).toContain('\ntakes: letter: string, required\ntakes: tone: string\n');
    const id = /\nid: (\S+)$/.exec(shown)?.[1] ?? '';
    expect(await say(`show ${id}`)).toBe(shown);
    expect(await say('show 99')).toContain('You have no result 99');
    expect(await say('match letter=Hello, tone=warm')).toMatch(/what takes these\n1\. \*Translate letters/);
    expect(await say('match letter')).toContain('results');
    expect(await say('status')).toMatch(/^\S+ \d+ listings of \d+ agents on \d+ domains?\./);
    expect(await say('letters')).toContain('results 1 to 5 for letters');
    expect(await say('find colour:red')).toContain('is no qualifier; expected one of input:');
    expect(messages.every(({ attrs }) => attrs.type === 'chat' && attrs['xml:lang'] === 'en')).toBe(true);
  });

  test('has results of its own, and knows nothing of what somebody else was shown', async () => {
    const [one, other] = await Promise.all([startPerson(), startPerson()]);
    await one.say('find letters');
    expect(await other.say('more')).toContain('There is nothing to go on from');
    expect(await other.say('show 1')).toContain('You have no result 1');
    expect(await one.say('show 1')).toContain('Translates letters.');
  });

  test('is answered by whichever of its addresses is written to, from the full one', async () => {
    const { say, messages } = await startPerson();
    await say('help');
    await say('help', `${directory.jid}/guildhall`);
    expect(messages.map(({ attrs }) => attrs.from)).toEqual(Array(2).fill(`${directory.jid}/guildhall`));
  });

  test('sees what strangers named their listings, and none of it is styled but by the directory', async () => {
    const { say } = await startPerson();
    for (const reply of [await say('find tag:oddity'), await say('show 1')]) {
      const lines = reply.split('\n');
      expect(lines.filter((line) => /^(>|```)/.test(line))).toEqual([]);
      const spans = lines.flatMap(styledSpans);
      expect(spans).toEqual(['*∗Free∗ ˋmoneyˋ > quoted ˋˋˋfence*']);
    }
  });
});

describe('a bot', () => {
  test('that answers every message dies out within a named number of them', async () => {
    let count = 0;
    const bot = await startPerson((stanza) => {
      bot.session.send(
        xml(
          'message',
          { to: stanza.attrs.from, type: 'chat' },
          xml('body', {}, `I heard you, number ${count++}`),
        ),
      );
    });
    await bot.say('hello');
    await until('it is told that this is all', async () =>
      bot.messages.some((stanza) => stanza.getChildText('body')?.includes('I stop answering you')),
    );
    await wait(1_000);
    expect(bot.messages).toHaveLength(patienceLimits.repliesMax + 1);
  });

  test('that sends back what it is told is not answered again', async () => {
    const bot = await startPerson((stanza) => {
      bot.session.send(
        xml(
          'message',
          { to: stanza.attrs.from, type: 'chat' },
          xml('body', {}, stanza.getChildText('body') ?? ''),
        ),
      );
    });
    await bot.say('hello');
    await wait(1_000);
    expect(bot.messages).toHaveLength(1);
  });

  test('that is another directory ends the talk after one reply', async () => {
    const other = await createDirectory();
    const worker = await runWorker(other);
    await until('it is online', async () => worker.session.ready);
    const said: Element[] = [];
    const listen = (stanza: Element) =>
      void (stanza.is('message') && stanza.getChild('body') && said.push(stanza));
    for (const { session } of [directory, worker]) session.emitter.on('send', listen);
    worker.session.send(xml('message', { to: directory.jid, type: 'chat' }, xml('body', {}, 'find letters')));
    await until('both said something', async () => said.length >= 2);
    await wait(1_000);
    for (const { session } of [directory, worker]) session.emitter.off('send', listen);
    expect(said.map((stanza) => stanza.getChildText('body')?.startsWith(ownMark))).toEqual([false, true]);
    await worker.stop();
  });
});
