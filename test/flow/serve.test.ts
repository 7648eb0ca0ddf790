import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { createDirectory, type TestDirectory } from '../support/directory.ts';
import { indexOf } from '../support/listings.ts';

const entry = fileURLToPath(new URL('../../functions/serve.ts', import.meta.url));

let directory: TestDirectory;
beforeAll(async () => {
  directory = await createDirectory();
  await writeIndex(directory.db, [indexOf('fx@works.test', [{ node: 'fx', name: 'Convert currency' }])], 0);
});

function run(environment: { [name: string]: string }) {
  const child = spawn(process.execPath, [entry], { env: { ...process.env, ...environment } });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return { child, lines: createInterface(child.stdout), errors: () => stderr };
}

describe('the functions on Node', () => {
  test('serve the same contract, and end when they are told to', async () => {
    const { child, lines } = run({ DATABASE_URL: directory.edgeUrl, PORT: '0' });
    const [line] = (await once(lines, 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const found = (await (await fetch(`${url}/v1/listings?q=currency`)).json()) as {
      items: { name: string }[];
    };
    expect(found.items.map(({ name }) => name)).toEqual(['Convert currency']);
    expect((await fetch(`${url}/v1/listings?limit=0`)).status).toBe(400);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('say what is missing', async () => {
    const { child, errors } = run({ DATABASE_URL: '', PORT: 'many', ARD_REFERRALS: 'x' });
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(errors()).toContain('PORT: takes a port number');
    expect(errors()).toContain('ARD_REFERRALS: takes a JSON list');
  });
});
