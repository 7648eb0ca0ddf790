import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../market/policy.ts';
import { capsVer } from '../../protocol/caps.ts';
import { readInfo } from '../../protocol/disco.ts';
import { readPresence } from '../../protocol/presence.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { Allowance } from '../../worker/allowance.ts';
import { answer, type Services } from '../../worker/answer.ts';
import { backoffMs } from '../../worker/backoff.ts';
import { Tree } from '../../worker/browse/tree.ts';
import { CommandDesk } from '../../worker/commands/desk.ts';
import { readConfig } from '../../worker/config.ts';
import { Gate } from '../../worker/gate.ts';
import { createLog, errorText } from '../../worker/log.ts';
import { Pace } from '../../worker/pace.ts';
import { PubsubDesk } from '../../worker/pubsub/pubsub-desk.ts';
import { testIdentity } from '../support/identity.ts';
import { parseXml } from '../support/xml.ts';

describe('the policy', () => {
  const policy = parsePolicy('agents.test, works.test, !bad.works.test', 'agents.test');

  test.each([
    ['agents.test', true],
    ['pubsub.agents.test', true],
    ['works.test', true],
    ['bad.works.test', false],
    ['x.bad.works.test', false],
    ['notworks.test', false],
    ['example.org', false],
  ])('for %s lets the crawler visit: %s', (domain, allowed) => {
    expect(policy.allows(domain)).toBe(allowed);
  });

  test('for everything takes public domains only, and special-use ones where they are named', () => {
    const open = parsePolicy('*,works.test,!evil.example.org', 'agents.test');
    const domains = ['jabber.org', 'works.test', 'other.test', 'localhost', '192.0.2.1', 'evil.example.org'];
    expect(domains.filter(open.allows)).toEqual(['jabber.org', 'works.test']);
  });

  test('names what it does not understand', () => {
    expect(() => parsePolicy('a@b', 'agents.test')).toThrow("CRAWL_DOMAINS: 'a@b' is no domain");
  });
});

describe('the configuration', () => {
  const good = {
    DATABASE_URL_DIRECT: 'postgres://localhost/guildhall',
    XMPP_SERVICE: 'xmpp://127.0.0.1:5222',
    XMPP_JID: 'Guildhall@Agents.test',
    XMPP_PASSWORD: 'secret',
  };

  test('is read into a typed object', () => {
    expect(readConfig(good)).toMatchObject({
      jid: 'guildhall@agents.test',
      xmpp: { domain: 'agents.test', username: 'guildhall' },
      probe: 'consented',
      limits: { iqTimeoutMs: 20_000, absenceMs: 60_000 },
    });
  });

  test("takes a domain for a component's, which lives on the server of the domain above", () => {
    const { jid, xmpp, policy } = readConfig({ ...good, XMPP_JID: 'Guildhall.Agents.test' });
    expect([jid, xmpp]).toEqual([
      'guildhall.agents.test',
      { service: 'xmpp://127.0.0.1:5222', domain: 'guildhall.agents.test', secret: 'secret' },
    ]);
    expect(policy.seeds).toEqual(['agents.test']);
    expect(readConfig({ ...good, XMPP_JID: 'guildhall.test' }).policy.seeds).toEqual(['guildhall.test']);
  });

  test.each([
    ['an account', 'xmpp', 'guildhall@agents.test', 5222],
    ['an account over TLS', 'xmpps', 'guildhall@agents.test', 5223],
    ['a component', 'xmpp', 'guildhall.agents.test', 5347],
  ])('takes the usual port for %s where none is named', (_what, protocol, jid, port) => {
    const service = (host: string) =>
      readConfig({ ...good, XMPP_JID: jid, XMPP_SERVICE: `${protocol}://${host}` }).xmpp.service;
    expect(service('example.org')).toBe(`${protocol}://example.org:${port}`);
    expect(service('[::1]')).toBe(`${protocol}://[::1]:${port}`);
    expect(service('[::1]:1')).toBe(`${protocol}://[::1]:1`);
  });

  test.each([
    ['XMPP_PASSWORD', undefined, "XMPP_PASSWORD: takes the account's password"],
    ['XMPP_SERVICE', 'localhost', 'XMPP_SERVICE: takes xmpp://HOST:PORT or xmpps://HOST:PORT'],
    ['XMPP_JID', 'a@agents.test/x', "XMPP_JID: takes the directory's address"],
    ['XMPP_JID', '@', "XMPP_JID: takes the directory's address"],
    [
      'XMPP_SERVICE',
      'xmpps://localhost',
      'XMPP_SERVICE: takes xmpp://HOST:PORT for a component',
      'guildhall.agents.test',
    ],
    ['PROBE', 'always', 'PROBE:'],
    ['CONTACTS', 'operator@agents.test', 'CONTACTS: takes a comma list of at most 10 links'],
    ['CONTACTS', 'http://agents.test/', 'CONTACTS:'],
    ['QUESTIONS_PER_MINUTE', '-1', 'QUESTIONS_PER_MINUTE:'],
    ['DOMAIN_QUESTIONS_PER_MINUTE', 'many', 'DOMAIN_QUESTIONS_PER_MINUTE:'],
    ['IQ_TIMEOUT_MS', 'soon', 'IQ_TIMEOUT_MS:'],
  ])('with a bad %s (%s) says what it takes', (name, value, message, jid = good.XMPP_JID) => {
    expect(() => readConfig({ ...good, XMPP_JID: jid, [name]: value })).toThrow(message);
  });
});

describe('the pace', () => {
  test('runs no more tasks at once for a domain than it allows, and other domains are not held up', async () => {
    const pace = new Pace(2);
    let running = 0;
    let most = 0;
    const release = Promise.withResolvers<void>();
    const slow = Array.from({ length: 10 }, () =>
      pace.run('slow.test', async () => {
        most = Math.max(most, ++running);
        await release.promise;
        running--;
      }),
    );
    expect(await pace.run('quick.test', async () => 'done')).toBe('done');
    release.resolve();
    await Promise.all(slow);
    expect([most, running]).toEqual([2, 0]);
  });

  test('gives its place back when a task fails', async () => {
    const pace = new Pace(1);
    await expect(pace.run('x.test', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await pace.run('x.test', async () => 'next')).toBe('next');
  });
});

test('the backoff doubles, stays within its bounds, and differs by chance', () => {
  expect([1, 2, 3, 4].map((failures) => backoffMs(failures, 100, 500, () => 1))).toEqual([
    100, 200, 400, 500,
  ]);
  expect(backoffMs(1_000, 100, 500, () => 0)).toBe(250);
});

test('the log of a failed statement tells its cause, and not the statement', () => {
  const failed = new Error('Failed query: select secret', { cause: new Error('connection refused') });
  expect(errorText(failed)).toBe('connection refused');
  expect(errorText(new Error('outer', { cause: new Error('inner') }))).toBe('outer: inner');
});

test('the log is one JSON object a line, from its threshold up', () => {
  const lines: string[] = [];
  const log = createLog('warn', (line) => lines.push(line));
  log('info', 'quiet');
  log('error', 'loud', { jid: 'a\nb' });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { at: expect.any(String), level: 'error', event: 'loud', jid: 'a\nb' },
  ]);
});

describe('the directory answers', () => {
  const unasked = async () => {
    throw new Error('the database is not asked');
  };
  const identity = testIdentity();
  const services: Services = {
    deps: { db: null as never, policy: parsePolicy('', null) },
    desk: new CommandDesk([], { onError: () => undefined }),
    tree: new Tree({ db: null as never, policy: parsePolicy('', null) }, { get: unasked }),
    pubsub: new PubsubDesk({ nodes: [], isSubscriber: () => false }),
    gate: new Gate(),
    identity,
    allowance: new Allowance(),
    onError: (error) => {
      throw error;
    },
  };
  const ask = async (payload: string, type = 'get', by = services) =>
    (await answer(
      parseXml(
        `<iq type='${type}' id='1' from='a@b.test/c' to='guildhall@agents.test/guildhall'>${payload}</iq>`,
      ),
      by,
    )) as Element;
  const conditionOf = (reply: Element) => reply.getChild('error')?.getChildElements()[0]?.name;

  test('disco#info with the capabilities that its presence announces', async () => {
    const caps = readPresence(
      xml('presence', { from: 'x.test' }, ...identity.announcement().getChildElements()),
    )?.caps;
    const reply = await ask(
      `<query xmlns='http://jabber.org/protocol/disco#info' node='${caps?.node}#${caps?.ver}'/>`,
    );
    const info = readInfo(reply.getChildElements()[0] as Element);
    expect({ ...info, node: null }).toEqual(identity.info);
    expect(capsVer(info)).toBe(caps?.ver);
  });

  test.each([
    ['a ping', "<ping xmlns='urn:xmpp:ping'/>", 'get', 'result', undefined],
    [
      'an unknown node',
      "<query xmlns='http://jabber.org/protocol/disco#info' node='x'/>",
      'get',
      'error',
      'item-not-found',
    ],
    ['what it does not know', "<query xmlns='jabber:iq:auth'/>", 'get', 'error', 'service-unavailable'],
    ['nothing', '', 'get', 'error', 'bad-request'],
    ['two payloads', '<a/><b/>', 'set', 'error', 'bad-request'],
    ['how it is searched', "<query xmlns='jabber:iq:search'/>", 'get', 'result', undefined],
    [
      'a page that is none',
      "<query xmlns='http://jabber.org/protocol/disco#items'><set xmlns='http://jabber.org/protocol/rsm'><max>-1</max></set></query>",
      'get',
      'error',
      'bad-request',
    ],
  ])('%s', async (_what, payload, type, answered, condition) => {
    const reply = await ask(payload, type);
    expect([reply.attrs.type, reply.attrs.to, reply.attrs.id, conditionOf(reply)]).toEqual([
      answered,
      'a@b.test/c',
      '1',
      condition,
    ]);
  });

  test('who asks too much that it is to try again, and when', async () => {
    const allowance = new Allowance({ perJid: 4, perSite: 0 });
    const few = { ...services, allowance };
    const items = () => ask("<query xmlns='jabber:iq:agents'/>", 'get', { ...few, onError: () => undefined });
    await Promise.all([items(), items()]);
    const refused = await items();
    expect([refused.getChild('error')?.attrs.type, conditionOf(refused)]).toEqual([
      'wait',
      'resource-constraint',
    ]);
    expect(refused.getChild('error')?.getChildText('text')).toMatch(/try again in \d+ seconds/);
    expect((await ask("<ping xmlns='urn:xmpp:ping'/>", 'get', few)).attrs.type).toBe('error');
  });

  test('in English, and says so', async () => {
    const reply = await ask("<query xmlns='http://jabber.org/protocol/disco#info' node='x'/>");
    expect([reply.attrs['xml:lang'], reply.getChild('error')?.getChild('text')?.attrs['xml:lang']]).toEqual([
      'en',
      'en',
    ]);
  });

  test('a fault of its own without saying what it was', async () => {
    const faults: unknown[] = [];
    const items = "<query xmlns='http://jabber.org/protocol/disco#items' node='tags'/>";
    const reply = await ask(items, 'get', { ...services, onError: (error) => faults.push(error) });
    expect(conditionOf(reply)).toBe('internal-server-error');
    expect(reply.toString()).not.toContain('database');
    expect(faults).toEqual([new Error('the database is not asked')]);
  });

  test('who has too many questions waiting that they are to wait', async () => {
    const reply = await ask("<query xmlns='jabber:iq:agents'/>", 'get', {
      ...services,
      gate: { pass: async () => null },
    });
    expect([reply.getChild('error')?.attrs.type, conditionOf(reply)]).toEqual([
      'wait',
      'resource-constraint',
    ]);
  });
});
