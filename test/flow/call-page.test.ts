import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../functions/app.ts';
import { parsePolicy } from '../../market/policy.ts';
import { problems } from '../../market/problem.ts';
import { formValue } from '../../protocol/data-form.ts';
import { NS_HTTP_AUTH } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { startSpecialist } from '../../scripts/specialists/agent.ts';
import { specialists } from '../../scripts/specialists/catalogue.ts';
import { afterwards } from '../support/afterwards.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { askCommand } from '../support/ask-command.ts';
import { asComponent, type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { type OwnNetwork, ownNetwork } from '../support/network.ts';
import { foundOverHttp } from '../support/overview.ts';

const run = promisify(execFile);
const page = readFileSync(new URL('../../docs/call.md', import.meta.url), 'utf8');
const pageOrigin = 'http://127.0.0.1:8420';
const pageToken = 'guildhall_q3VnKfX0Tz2b1Yw7uR8pLg';

/** The page's commands, each with the part of its answer that stands below it, if any does. */
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```json\n([\s\S]*?)^```$)?/gm)].map(
  ([, command = '', answer]) => ({ command, answer: answer ?? null }),
);

/** What the page says to fill in: by field, the values. */
const filled = Object.fromEntries(
  [...page.matchAll(/^\| `(task|scopes|days|label)` \|[^|]*\| (.*) \|$/gm)].map(([, name, said = '']) => [
    name,
    [...said.matchAll(/`([^`]+)`/g)].map(([, value = '']) => value),
  ]),
) as { [name: string]: string[] };

let network: OwnNetwork;
let directory: RunningDirectory;

beforeAll(async () => {
  network = await ownNetwork();
  directory = await startDirectory(asComponent(network.home));
  const currency = specialists.find(({ account }) => account === 'currency');
  if (!currency) throw new Error('the sample is gone');
  const { service, domain } = network.home;
  const running = await startSpecialist(currency, { service, domain, directory: directory.jid });
  afterwards(() => running.stop());
  await until('the specialist is found', async () => {
    const [found] = await foundOverHttp(directory.http, 'convert currency');
    return found?.call?.relay && found.inputs.length > 0;
  });
});

/** The token, as the command gives it to who fills in what the page says. */
async function tokenByCommand(ann: TestAgent): Promise<string> {
  const { task, ...rest } = filled;
  const { sessionId: sid } = await askCommand(ann, directory.address, 'token', { action: 'execute' });
  await askCommand(ann, directory.address, 'token', { sid, action: 'next', values: { task: task ?? [] } });
  const { form } = await askCommand(ann, directory.address, 'token', {
    sid,
    action: 'complete',
    values: rest,
  });
  return (form && formValue(form, 'token')) ?? '';
}

/** Confirms every request whose body names the code, as a chat client does. */
function confirming(ann: TestAgent): string[] {
  const bodies: string[] = [];
  ann.onMessage = (stanza: Element) => {
    const confirm = stanza.getChild('confirm', NS_HTTP_AUTH);
    bodies.push(stanza.getChildText('body') ?? '');
    if (!confirm) return;
    const thread = xml('thread', {}, stanza.getChildText('thread') ?? '');
    const { from: to } = stanza.attrs;
    ann.send(xml('message', { to, type: 'normal' }, thread, xml('confirm', { ...confirm.attrs })));
  };
  return bodies;
}

/** What the page's examples of ids and secrets stand for. */
function learn(known: Map<string, string>, shown: object, given: object): void {
  for (const [name, example] of Object.entries(shown)) {
    const real = (given as { [name: string]: unknown })[name];
    if (['id', 'verifier', 'token'].includes(name) && typeof real === 'string')
      known.set(String(example), real);
  }
}

const picksUp = (command: string) => /challenges\/\S+ -H 'verifier/.test(command);

describe('docs/call.md', () => {
  test('is what a new user with curl and a chat client follows, from the token to the dispute', async () => {
    const ann = await startAgent({
      directory: directory.jid,
      server: network.home,
      username: 'ann',
      subscribe: false,
    });
    const bodies = confirming(ann);
    const known = new Map([
      [pageOrigin, directory.http],
      [pageToken, await tokenByCommand(ann)],
    ]);
    const here = (text: string) =>
      [...known].reduce((all, [example, real]) => all.replaceAll(example, real), text);
    let variables = '';
    for (const { command, answer } of commands) {
      const line = here(command).replaceAll('curl ', 'curl -sS ');
      if (answer === null) {
        variables += line;
        continue;
      }
      const shown = JSON.parse(answer);
      const given = await until(`an answer to ${command}`, async () => {
        const { stdout } = await run('sh', ['-ec', `${variables}${line}`]);
        const json = JSON.parse(stdout);
        // The page says to ask again until it is confirmed.
        return picksUp(command) && !json.id && !json.code ? null : json;
      });
      learn(known, shown, given);
      expect(given, command).toMatchObject(JSON.parse(here(answer)));
    }
    const asked = bodies.find((body) => body.includes('482913'));
    expect(asked).toContain('make contracts in your name');
    await until('the directory writes that a call needs its client', async () =>
      bodies.some((body) => body.includes('input-required')),
    );
  });

  test('has an answer below every command but the assignment', () => {
    expect(commands.filter(({ answer }) => answer === null).map(({ command }) => command)).toEqual([
      `TOKEN='${pageToken}'\n`,
    ]);
    expect(commands.length).toBe(page.match(/^```sh$/gm)?.length);
  });

  test('explains every refusal of the routes it is about, with its status', async () => {
    const app = createApp({
      deps: { db: null as never, policy: parsePolicy('', null) },
      onError: (error) => {
        throw error;
      },
    });
    const document = (await (await app.request('/openapi.json')).json()) as {
      paths: { [path: string]: { [method: string]: { responses: { [status: string]: unknown } } } };
    };
    // Ratings have a page of their own.
    const routes = Object.entries(document.paths).filter(
      ([path]) => /^\/v1\/(contracts|tokens)/.test(path) && !path.includes('/rating'),
    );
    expect(routes.length).toBeGreaterThan(5);
    const text = JSON.stringify(routes);
    const refused = Object.keys(problems).filter((code) => text.includes(`/examples/${code}"`));
    const explained = [...page.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    expect(refused.length).toBeGreaterThan(15);
    const all = Object.entries(problems).map(([code, { status }]) => [code, status]);
    expect(explained.filter(([code]) => !all.some(([known]) => known === code))).toEqual([]);
    const own = refused.filter((code) => !['internal', 'query-too-slow', 'uri-too-long'].includes(code));
    expect(own.filter((code) => !explained.some(([known]) => known === code))).toEqual([]);
    expect(explained).toEqual(
      explained.map(([code]) => [code, problems[code as keyof typeof problems].status]),
    );
  });
});
