import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { NS_AGENTCARD } from '../../protocol/namespaces.ts';
import { startAgent } from '../support/agent.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { fixture } from '../support/xml.ts';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

describe('asked for over HTTP,', () => {
  const post = (body: object) =>
    fetch(`${directory.http}/v1/agents`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  test('an agent is visited, and shown at the location', async () => {
    const agent = await startAgent({ directory: directory.jid, subscribe: false });
    await agent.publish(NS_AGENTCARD, 'current', fixture('ai-sns/card.xml'));
    const response = await post({ jid: agent.fullJid.toUpperCase().replace('AGENTS.TEST', 'agents.test') });
    expect([response.status, await response.json()]).toEqual([202, { jid: agent.jid }]);
    const location = response.headers.get('location') ?? '';
    expect(location).toBe(`/v1/agents/${encodeURIComponent(agent.jid)}`);
    await until('it is shown', async () => (await fetch(`${directory.http}${location}`)).ok);
  });

  test.each<[string, object, number, string]>([
    ['a domain', { domain: 'works.test' }, 202, ''],
    ['an agent elsewhere', { jid: 'x@elsewhere.test' }, 403, 'domain-not-crawled'],
    ['a domain elsewhere', { domain: 'jabber.org' }, 403, 'domain-not-crawled'],
    ['half an address', { jid: 'foo@' }, 400, 'invalid-body'],
    ['no text', { jid: '' }, 400, 'invalid-body'],
    ['an account for a domain', { domain: 'a@works.test' }, 400, 'invalid-body'],
    ['both at once', { jid: 'a@works.test', domain: 'works.test' }, 400, 'invalid-body'],
    ['neither', {}, 400, 'invalid-body'],
    ['a long text', { jid: 'x'.repeat(4_000) }, 400, 'invalid-body'],
  ])('%s is answered as it should be', async (_what, body, status, code) => {
    const response = await post(body);
    const answer = (await response.json()) as { code?: string };
    expect([response.status, answer.code ?? '']).toEqual([status, code]);
  });

  test('too many are refused until the hour has passed', async () => {
    await directory.db.execute(sql`
      insert into entity (jid, domain, depth, asked, due)
      select 'n' || n || '@bulk.test', 'bulk.test', 0, now() - interval '20 minutes', 'infinity'
      from generate_series(1, 700) as n`);
    const response = await post({ jid: 'one-more@works.test' });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      429,
      'too-many-requests',
    ]);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(1);
  });
});
