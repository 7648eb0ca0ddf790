import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startChild } from '../../scripts/stack/child.ts';
import { root } from '../../scripts/stack/paths.ts';
import { withoutServiceStarts } from '../../scripts/stack/policy.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { processStamp } from '../../scripts/stack/processes.ts';
import { claimRun } from '../../scripts/stack/run-file.ts';
import { startFunctions } from '../../scripts/stack/workerd.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'guildhall-processes-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const sleeper = { command: process.execPath, args: ['-e', 'console.log("up"); setInterval(() => {}, 1000)'] };

test('a child ends when the process that started it is killed with SIGKILL', async () => {
  const module = pathToFileURL(join(root, 'scripts/stack/child.ts')).href;
  const program = `
    const { startChild } = await import(${JSON.stringify(module)});
    const child = await startChild(${JSON.stringify({ name: 'sleeper', ...sleeper, logFile: join(dir, 'log') })});
    child.onLine(() => console.log(child.pid));`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program]);
  const [output] = await once(parent.stdout, 'data');
  const pid = Number(String(output));
  expect(processStamp(pid)).toMatch(/\S/);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(processStamp(pid)).toBeUndefined(), 120_000);
});

test('a stack that runs is not started twice, and what a killed one left is ended', async () => {
  const claim = await claimRun(dir);
  await expect(claimRun(dir)).rejects.toThrow(
    /^The development stack is already running \(process \d+\): use it, or end it first/,
  );
  claim.release();

  const left = await startChild({ name: 'left', ...sleeper, logFile: join(dir, 'log') });
  const children = [{ name: 'left', pid: left.pid, stamp: processStamp(left.pid) }];
  const killed = { name: 'stack', pid: process.pid, stamp: 'of another process with this pid', children };
  writeFileSync(join(dir, 'run.json'), JSON.stringify(killed));
  (await claimRun(dir)).release();
  await left.exited;
  expect(left.running()).toBe(false);
});

test('no package may start a service during an installation, and the policy is as before afterwards', async () => {
  const file = join(dir, 'policy-rc.d');
  const denies = async () => {
    expect(readFileSync(file, 'utf8')).toMatch(/\nexit 101\n$/);
    expect(statSync(file).mode & 0o111).toBe(0o111);
  };
  await withoutServiceStarts(denies, file);
  expect(existsSync(file)).toBe(false);

  writeFileSync(file, 'own');
  await withoutServiceStarts(denies, file);
  expect(readFileSync(file, 'utf8')).toBe('own');

  const failing = withoutServiceStarts(() => Promise.reject(new Error('no network')), file);
  await expect(failing).rejects.toThrow('no network');
  expect(readFileSync(file, 'utf8')).toBe('own');
});

test('functions run in workerd with the database and the endpoint as bindings', async () => {
  const entry = join(dir, 'entry.ts');
  writeFileSync(entry, 'export default { fetch: (_: Request, env: object) => Response.json(env) };');
  const functions = await startFunctions({
    port: await freePort(),
    databaseUrl: 'the database',
    neonEndpoint: 'the endpoint',
    entry,
    logFile: join(dir, 'functions.log'),
  });
  try {
    expect(await (await fetch(functions.url)).json()).toEqual({
      DATABASE_URL: 'the database',
      NEON_FETCH_ENDPOINT: 'the endpoint',
      PUBLIC_URL: functions.url,
      // As the platform's binding: it names the bundle.
      CF_VERSION_METADATA: { id: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  } finally {
    await functions.stop();
  }
});

test('functions that cannot be bundled are reported without a stack trace', async () => {
  const entry = join(dir, 'entry.ts');
  writeFileSync(entry, "import './none.ts';");
  const start = startFunctions({ port: await freePort(), databaseUrl: '', neonEndpoint: '', entry });
  const { message } = await start.then(
    () => new Error('it started'),
    (error: Error) => error,
  );
  expect(message).toMatch(/^The HTTP functions did not start; .*\n.*Could not resolve "\.\/none\.ts"/s);
  expect(message).not.toMatch(/^\s+at /m);
});
