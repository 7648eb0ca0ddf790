import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { findRegistration } from '../../db/registrations.ts';
import { formValue } from '../../protocol/data-form.ts';
import { startSpecialist } from '../../scripts/specialists/agent.ts';
import { specialists } from '../../scripts/specialists/catalogue.ts';
import { invitation } from '../../scripts/stack/said.ts';
import { afterwards } from '../support/afterwards.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { askCommand } from '../support/ask-command.ts';
import { requestsToldTo } from '../support/call-for-proposals.ts';
import { asComponent, type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { type OwnNetwork, ownNetwork } from '../support/network.ts';
import { agentOverHttp } from '../support/overview.ts';
import { pairsOf, ShellPage } from '../support/shell-page.ts';

const run = promisify(execFile);
const path = 'docs/trade.md';
const traders = ['currency', 'poet', 'brush', 'press'];

let network: OwnNetwork;
let directory: RunningDirectory;

beforeAll(async () => {
  network = await ownNetwork();
  directory = await startDirectory(asComponent(network.home));
  for (const specialist of specialists.filter((one) => traders.includes(one.account))) {
    const { service, domain } = network.servers[specialist.domainIndex] ?? network.home;
    const running = await startSpecialist(specialist, { service, domain, directory: directory.jid });
    afterwards(() => running.stop());
    await until(`${running.bareJid} is found`, async () => {
      const [listing] = (await agentOverHttp(directory.http, running.bareJid))?.listings ?? [];
      return listing?.inputs.length && findRegistration(directory.db, running.bareJid);
    });
  }
}, 120_000);

/** The token, as the command gives it to who fills in what the page says. */
async function tokenByCommand(
  ann: TestAgent,
  { task = [], ...rest }: { [field: string]: string[] },
): Promise<string> {
  const ask = (options: object) => askCommand(ann, directory.address, 'token', options);
  const { sessionId: sid } = await ask({ action: 'execute' });
  await ask({ sid, action: 'next', values: { task } });
  const { form } = await ask({ sid, action: 'complete', values: rest });
  return (form && formValue(form, 'token')) ?? '';
}

type Answer = { asked?: { provider: string }[]; items?: { rating: object | null }[] };

/** Which of two as good as each other is asked first is not said. */
function inOrder<T extends { asked?: { provider: string }[] }>(json: T): T {
  const { asked } = json;
  return asked ? { ...json, asked: asked.toSorted((a, b) => (a.provider < b.provider ? -1 : 1)) } : json;
}

describe('docs/trade.md', () => {
  test('is what a new user with curl and a chat client follows, from the need to the rating', async () => {
    const ann = await startAgent({
      directory: directory.jid,
      server: network.home,
      username: 'ann',
      subscribe: false,
    });
    const told = requestsToldTo(ann);
    const page = new ShellPage(path, [['http://127.0.0.1:8420', directory.http]]);
    page.learn('guildhall_q3VnKfX0Tz2b1Yw7uR8pLg', await tokenByCommand(ann, page.filled));
    for (const { command, answer } of page.commands) {
      if (answer === null) {
        page.assign(command);
        continue;
      }
      const shown = inOrder(JSON.parse(answer));
      const given = await until(`an answer to ${command}`, async () => {
        const json = (await page.answerTo(command)) as Answer;
        // The page says that the score comes within seconds.
        const isScored = json.items?.[0]?.rating;
        return answer.includes('"rating"') && !isScored ? null : inOrder(json);
      });
      for (const [example, real] of pairsOf(['id', 'contract'], shown, given)) page.learn(example, real);
      expect(given, command).toMatchObject(inOrder(JSON.parse(page.here(answer))));
    }
    await until('the directory has written of both proposals', async () => {
      return told.filter(({ event }) => event === 'propose').length === 2;
    });
    expect(page.commands.length).toBe(page.text.match(/^```sh$/gm)?.length);
    const assigned = page.commands.filter(({ answer }) => answer === null);
    expect(assigned.every(({ command }) => /^[A-Z]+=\S.*\n$/.test(command))).toBe(true);
  }, 180_000);
});

describe('what `npm start` offers to try', () => {
  const nothing = { wanted: 0, missing: [], unwanted: [] };

  test('finds what it is about with curl, as it stands', async () => {
    const said = invitation(directory.http, nothing, '.');
    const commands = [...said.matchAll(/^ +(curl .*)$/gm)].map(([, command = '']) => command);
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const { stdout } = await run('sh', ['-ec', command.replace('curl ', 'curl -sS ')]);
      const { items } = JSON.parse(stdout) as { items: { name: string }[] };
      expect(items.length, command).toBeGreaterThan(0);
    }
  });

  test('names a call, a negotiated contract and a rating, each by its section of docs/trade.md', () => {
    const said = invitation('http://127.0.0.1:8420', nothing, '.');
    const { text } = new ShellPage(path);
    for (const what of ['A call', 'A negotiated contract', 'A rating']) {
      const [, section = ''] = new RegExp(`^ +${what}: .*"(\\d\\. [^"]+)"`, 'm').exec(said) ?? [];
      expect(text, what).toContain(`\n## ${section}\n`);
      expect(section).not.toBe('');
    }
  });
});
