import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { findRegistration } from '../../db/registrations.ts';
import { startSpecialist } from '../../scripts/specialists/agent.ts';
import { specialists } from '../../scripts/specialists/catalogue.ts';
import { afterwards } from '../support/afterwards.ts';
import { asComponent, type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { type OwnNetwork, ownNetwork } from '../support/network.ts';
import { offersAt } from '../support/offers.ts';
import { foundOverHttp } from '../support/overview.ts';

const run = promisify(execFile);
const page = readFileSync(new URL('../../docs/negotiate.md', import.meta.url), 'utf8');

/** The page's commands, each with the part of its answer that stands below it, if any does. */
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```json\n([\s\S]*?)^```$)?/gm)].map(
  ([, command = '', answer]) => ({ command, answer: answer ?? null }),
);

let network: OwnNetwork;
let directory: RunningDirectory;
const { client } = offersAt(() => directory);

beforeAll(async () => {
  network = await ownNetwork();
  directory = await startDirectory(asComponent(network.home));
  const poet = specialists.find(({ account }) => account === 'poet');
  if (!poet) throw new Error('the sample is gone');
  const { service, domain } = network.far;
  const running = await startSpecialist(poet, { service, domain, directory: directory.jid });
  afterwards(() => running.stop());
  await until('the specialist is found', async () => {
    const [found] = await foundOverHttp(directory.http, 'write a verse');
    return found?.inputs.length && findRegistration(directory.db, running.bareJid);
  });
}, 120_000);

describe('docs/negotiate.md', () => {
  test('is what a new user with curl follows, from the offer to the confirmation', async () => {
    const { token } = await client();
    const known = new Map([
      ['http://127.0.0.1:8420', directory.http],
      ['guildhall_q3VnKfX0Tz2b1Yw7uR8pLg', token],
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
      const { stdout } = await run('sh', ['-ec', `${variables}${line}`]);
      const [shown, given] = [JSON.parse(answer), JSON.parse(stdout)];
      if (shown.kind) known.set(shown.id, given.id);
      expect(given, command).toMatchObject(JSON.parse(here(answer)));
    }
    expect(commands.length).toBe(page.match(/^```sh$/gm)?.length);
    expect(commands.filter(({ answer }) => answer === null)).toHaveLength(1);
  }, 60_000);
});
