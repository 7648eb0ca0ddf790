import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { capsVer, writeCaps } from '../../protocol/caps.ts';
import { writeForm } from '../../protocol/data-form.ts';
import { readListingForm, writeListingForm } from '../../protocol/dialects/listing-form.ts';
import {
  NS_AGENTCARD,
  NS_COMMANDS,
  NS_DATA,
  NS_DISCO_ITEMS,
  NS_LISTING,
  NS_PUBSUB,
} from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import type { Report } from '../../scripts/crawl/survey.ts';
import { registerAccount } from '../../scripts/register.ts';
import { startAgent, type TestAgent, type TestCommand } from '../support/agent.ts';
import { convert } from '../support/commands.ts';
import { until } from '../support/directory.ts';
import { formOf, listingForm, textField } from '../support/fields.ts';
import { queryIn } from '../support/questions.ts';
import { fixture } from '../support/xml.ts';

const script = fileURLToPath(new URL('../../scripts/crawl.ts', import.meta.url));
const home = inject('stack').xmpp[0];
if (!home) throw new Error('no XMPP server');
const { domain, service, ca } = home;
/** The account that looks. */
const username = `look${randomBytes(5).toString('hex')}`;
const looker = `${username}@${domain}`;

beforeAll(async () => {
  await registerAccount({ service, domain, username, password: 'test' });
});

type Ended = { code: number | null; out: string; err: string };

function run(args: string[], env: { [name: string]: string } = {}): Promise<Ended> {
  const { CRAWL_JID: _jid, CRAWL_PASSWORD: _password, ...inherited } = process.env;
  const child = spawn(process.execPath, [script, ...args], { env: { ...inherited, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...said })));
}

const account = ['--jid', looker, '--service', service];
const look = (target: string, ...more: string[]) =>
  run(['--once', target, ...account, '--ca', ca, ...more], { CRAWL_PASSWORD: 'test' });

async function lookAsJson(target: string, ...more: string[]): Promise<Report> {
  const { code, out, err } = await look(target, '--json', ...more);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Report;
}

/** An agent that answers whoever asks, and lets the looker see its presence. */
const agentWith = (commands: { [node: string]: TestCommand }): Promise<TestAgent> =>
  startAgent({ directory: looker, commands, subscribe: false });

describe('a look at an agent', () => {
  test('prints its tree, each fact with its source, and executes nothing unless it is told to', async () => {
    const agent = await agentWith({ convert });
    await agent.publish(NS_AGENTCARD, 'current', fixture('ai-sns/card.xml'));
    const { code, out, err } = await look(agent.fullJid);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toEqual(
      expect.arrayContaining(
        [
          agent.jid,
          `├─ ${agent.fullJid}: answers`,
          '│  ├─ identity automation/agent  [disco#info]',
          `│  └─ convert "Convert feet"  [command list of ${agent.fullJid}]`,
          '│  └─ card "Hermes" 1.2: Measures text  [PEP]',
          '├─ no listing forms, no catalogue entries',
          '   ├─ command convert "Convert feet"',
          '   │  ├─ name: Convert feet  [command]',
          '   │  ├─ inputs unknown',
        ].map((line) => expect.stringContaining(line.trimStart())),
      ),
    );
    expect(out).toContain('What to mend\n');
    expect(out).toContain('was not looked at');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a pipe gets no colours
    expect(out).not.toMatch(/\x1b/);
    expect(agent.executed.size).toBe(0);
  });

  test('with --probe shows the inputs of first forms, and tells what is public from what wants consent', async () => {
    const agent = await agentWith({ convert });
    const { out } = await look(agent.fullJid, '--probe');
    expect(out).toContain('amount: text-single xs:decimal from 0 to 9, required, "Amount"');
    expect(out).toContain('inputs (2)  [first-form]');
    expect(out).toContain('amount: number from 0 to 9, required, "Amount"');
    expect(out).toContain('unit: enum, optional, "Unit", one of m');
    expect(out).toContain('listed with its consent: 1; without: 0');
    expect(out).toContain('command convert "Convert feet", only with its consent');
    expect(Object.fromEntries(agent.executed)).toEqual({ convert: 1 });
  });

  test('as JSON says the same', async () => {
    const agent = await agentWith({ convert });
    const own = readListingForm(listingForm({ name: 'Feet', tags: ['length'] }));
    agent.commands.set('convert', { ...convert, infoForms: [writeListingForm(own)] });
    const report = await lookAsJson(agent.fullJid, '--probe');
    expect(report).toMatchObject({
      jid: agent.jid,
      reachable: true,
      addresses: [{ address: agent.fullJid, answers: true, caps: 'unseen' }],
      listings: [
        {
          public: true,
          onConsent: false,
          listing: {
            name: 'Feet',
            tags: ['length'],
            inputs: [
              { name: 'amount', type: 'number' },
              { name: 'unit', type: 'enum' },
            ],
            sources: ['command', 'first-form', 'listing-form'],
          },
        },
      ],
      faults: [],
    });
  });

  test('without its resource says what it has to do, and reads what is public', async () => {
    const agent = await agentWith({ convert });
    await agent.publish(NS_LISTING, 'convert', fixture('guildhall/listing.xml'));
    const { code, out } = await look(agent.jid);
    expect(code).toBe(0);
    expect(out).toContain('Convert currency');
    expect(out).toContain('come online and subscribe to the directory');
  });

  test('with --subscribe learns where it is online, and whether its capabilities hold', async () => {
    const agent = await agentWith({ convert });
    const identity = { ...agent.identity, name: null, lang: null };
    const info = { node: null, identities: [identity], features: agent.features, forms: [] };
    const announce = (ver: string) =>
      agent.send(xml('presence', {}, writeCaps({ hash: 'sha-1', node: 'https://agent.example', ver })));
    announce(capsVer(info));
    expect((await lookAsJson(agent.jid, '--subscribe')).addresses).toMatchObject([
      { address: agent.fullJid, answers: true, caps: 'right' },
    ]);
    announce('x'.repeat(28));
    const { out } = await look(agent.jid, '--subscribe');
    expect(out).toContain('the capabilities in its presence are not those of its disco#info');
    expect(out).toContain('(XEP-0115 §5.1)');
  });
});

test('a look at a broken agent says everything that is wrong, and how to mend it', async () => {
  const agent = await agentWith({
    convert: {
      name: 'convert',
      fields: [textField('count'), textField('to', { type: 'list-single', label: 'To' })],
      infoForms: [listingForm({ name: 'X', price_amount: '1' })],
    },
  });
  agent.identity = { category: 'client', type: 'pc' };
  agent.features = [NS_DATA];
  agent.intercept = (iq) => {
    if (!queryIn(iq, NS_DISCO_ITEMS, NS_COMMANDS)) return undefined;
    return xml('query', { xmlns: NS_DISCO_ITEMS, node: NS_COMMANDS }, [
      xml('item', { jid: 'victim@works.test/x', node: 'stolen', name: 'Stolen \u009b31m' }),
      xml('item', { jid: agent.fullJid, node: 'convert', name: 'convert' }),
    ]);
  };
  await agent.publish(NS_LISTING, 'nameless', writeForm(listingForm({})));
  const hidden = await lookAsJson(agent.fullJid, '--probe');
  expect(hidden.listings).toEqual([]);
  expect(hidden.faults.map(({ what }) => what)).toEqual([
    'its command list names victim@works.test/x, which must speak for itself',
    "the listing form has no 'name'",
  ]);
  expect(hidden.advice.map(({ what }) => what)).toEqual([
    expect.stringContaining('client/pc'),
    expect.stringContaining('lacks the feature'),
    expect.stringContaining('its price'),
  ]);
  // Put right, it is listed, and the rest comes to light.
  agent.identity = { category: 'client', type: 'bot' };
  const { out } = await look(agent.fullJid, '--probe');
  expect(out).toContain("fields without a label: 'count'");
  expect(out).toContain("lists without options, which count as open text: 'to'");
  expect(out).toContain('(XEP-0122 §3.1)');
});

test('a look at a domain prints its components below it, and what cannot be reached', async () => {
  const { code, out } = await look(domain);
  expect(code).toBe(0);
  expect(out.split('\n')[0]).toBe(domain);
  expect(out).toContain('identity server/im');
  expect(out).toMatch(/└─ entities \(\d\)\n/);
  expect(out).toMatch(/[├└]─ pubsub\.agents\.test\n/);
  expect(out).toContain('identity conference/text "Rooms"  [disco#info]');
  expect(out).toContain('guildhall.agents.test does not answer');
  expect(out).toContain('Nothing to mend.');
});

test('a look at a pubsub service shows what it holds in the name of others, and subscribes to nothing', async () => {
  const agent = await agentWith({ convert });
  const node = `listings-${randomBytes(4).toString('hex')}`;
  const service = `pubsub.${domain}`;
  const config = formOf('submit', `${NS_PUBSUB}#node_config`, {
    'pubsub#type': NS_LISTING,
    'pubsub#access_model': 'open',
  });
  const pubsub = (...children: Element[]) => xml('pubsub', { xmlns: NS_PUBSUB }, children);
  await agent.ask('set', pubsub(xml('create', { node }), xml('configure', {}, writeForm(config))), service);
  const item = xml('item', { id: 'convert' }, fixture('guildhall/listing.xml'));
  await agent.ask('set', pubsub(xml('publish', { node }, item)), service);
  const report = await lookAsJson(service);
  expect(report.publications).toContainEqual(
    expect.objectContaining({
      node,
      jid: agent.jid,
      item: 'convert',
      listing: expect.objectContaining({ name: 'Convert currency' }),
    }),
  );
  const question = xml('pubsub', { xmlns: `${NS_PUBSUB}#owner` }, xml('subscriptions', { node }));
  const answer = await agent.ask('get', question, service);
  const subscribers = answer.getChild('pubsub')?.getChild('subscriptions')?.getChildren('subscription') ?? [];
  expect(subscribers.map(({ attrs }) => attrs.jid)).not.toContain(looker);
});

test('on a development stack it makes an account for the while, and removes it', async () => {
  const agent = await agentWith({ convert });
  const dir = mkdtempSync(join(tmpdir(), 'guildhall-crawl-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const stack = join(dir, 'dev.json');
  writeFileSync(stack, JSON.stringify({ xmpp: [{ domain, service, ca }] }));
  const asked: string[] = [];
  agent.intercept = (iq) => {
    asked.push(iq.attrs.from ?? '');
    return undefined;
  };
  const { code, out, err } = await run(['--once', agent.fullJid, '--stack', stack]);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('Convert feet');
  const [from = ''] = asked;
  expect(from).toMatch(new RegExp(`^look-[0-9a-f]+@${domain}/`));
  const [name = ''] = from.split('@');
  // The name is free again: whoever asks for it gets it.
  await until('the account is gone', async () => {
    return (await registerAccount({ service, domain, username: name, password: 'other' })) === 'created';
  });
});

describe('a look that cannot be made says why, and ends with 1:', () => {
  test.each<[string, string[], string]>([
    ['nobody to look at', [], 'Say whom to look at'],
    ['half an address', ['--once', 'foo@'], 'neither an XMPP address nor a domain'],
    ['an unknown option', ['--onse', 'x'], 'Unknown option'],
    ['no account', ['--once', domain, '--stack', '/nonexistent.json'], 'There is no account to look from'],
    ['no password', ['--once', domain, '--jid', looker], 'set CRAWL_PASSWORD'],
    ['a wrong password', ['--once', domain, ...account, '--ca', ca, '--password', 'wrong'], 'not-authorized'],
    ['an authority that is not trusted', ['--once', domain, ...account, '--password', 'test'], 'certificate'],
    [
      'no such authority',
      ['--once', domain, ...account, '--password', 'test', '--ca', '/none.pem'],
      'cannot be read',
    ],
    [
      'nobody there',
      ['--once', domain, '--jid', looker, '--password', 'x', '--service', 'xmpp://127.0.0.1:1'],
      'ECONNREFUSED',
    ],
    [
      'a domain that is not',
      ['--once', 'nowhere.test', ...account, '--ca', ca, '--password', 'test'],
      'does not answer',
    ],
  ])('%s', async (_name, args, why) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(why);
    expect(err).not.toMatch(/^\s+at /m);
  });
});
