import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { registerAccount } from '../../scripts/register.ts';
import { pythonWithSlixmpp } from '../../scripts/stack/packages.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { indexOf } from '../support/listings.ts';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

type Line = { [what: string]: unknown };

/** Runs test/peers/alerts.py; what it says comes line by line. */
async function startPeer(
  domain: string,
  query: string,
  count: number,
): Promise<{ lines: Line[]; ended: Promise<string> }> {
  const server = inject('stack').xmpp.find((candidate) => candidate.domain === domain);
  const python = pythonWithSlixmpp();
  if (!server || !python) throw new Error('a server and python3-slixmpp expected');
  const username = `p${randomBytes(5).toString('hex')}`;
  await registerAccount({ service: server.service, domain, username, password: 'test' });
  const { hostname, port } = new URL(server.service);
  const options = {
    jid: `${username}@${domain}/desk`,
    password: 'test',
    directory: `${directory.jid}/guildhall`,
    host: hostname,
    port,
    ca: server.ca,
    query,
    count: String(count),
  };
  const script = fileURLToPath(new URL('../peers/alerts.py', import.meta.url));
  const child = spawn(python, [
    script,
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  ]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: Line[] = [];
  let [text, errors] = ['', ''];
  child.stdout.on('data', (data) => {
    const parts = (text + data).split('\n');
    text = parts.pop() ?? '';
    lines.push(...parts.filter(Boolean).map((line) => JSON.parse(line) as Line));
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  return { lines, ended: new Promise((resolve) => child.once('exit', () => resolve(errors))) };
}

test.each(['agents.test', 'works.test'])(
  'slixmpp on %s subscribes to a query and to the news, is told of each, and ends both',
  async (domain) => {
    const tag = `s${randomBytes(4).toString('hex')}`;
    const { lines, ended } = await startPeer(domain, `tag:${tag} blue`, 2);
    const ready = await until('it has subscribed', async () => lines[0]);
    expect(ready).toMatchObject({ ready: { query: `blue tag:${tag}` }, shown: 0, news: 'subscribed' });
    const { id } = ready.ready as { id: string };
    const jid = `${tag}@works.test`;
    await writeIndex(
      directory.db,
      [
        indexOf(jid, [
          { node: 'one', name: 'Blue one', tags: [tag] },
          { node: 'two', name: 'Blue two', tags: [tag] },
          { node: 'red', name: 'Red', tags: [tag] },
        ]),
      ],
      0,
    );
    expect(await ended).not.toContain('Traceback');
    const told = lines.filter((line) => 'told' in line);
    expect(told.map(({ name }) => name).sort()).toEqual(['Blue one', 'Blue two']);
    for (const { told: notice, id: stanza, type, body } of told) {
      const { seq } = notice as { seq: string };
      expect(notice).toMatchObject({ event: 'match', subscription: id });
      expect([stanza, type]).toEqual([`sub-${id}-${seq}`, 'normal']);
      expect(body).toContain(`matches 'blue tag:${tag}'`);
    }
    const news = lines.filter((line) => 'news' in line && 'change' in line).map((line) => Number(line.news));
    expect(news.length).toBeGreaterThanOrEqual(2);
    expect(news).toEqual([...news].sort((a, b) => a - b));
    expect(lines.at(-1)).toMatchObject({
      last: [expect.any(String), expect.any(String)],
      subscriptions: ['urn:guildhall:news:0'],
      own: [expect.objectContaining({ id, query: `blue tag:${tag}` })],
      cancelled: [['info', '1 subscription is cancelled.']],
    });
  },
);
