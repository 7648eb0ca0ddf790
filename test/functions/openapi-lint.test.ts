import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { document } from '../support/openapi.ts';

const run = promisify(execFile);
const redocly = 'node_modules/@redocly/cli/bin/cli.js';

/** What the linter finds in a document, by the rules of redocly.yaml. */
async function lint(said: object): Promise<{ ruleId: string; message: string }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-openapi-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(said));
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const args = [
    redocly,
    'lint',
    file,
    '--config',
    'redocly.yaml',
    '--format',
    'json',
    '--max-problems',
    '50',
  ];
  const { stdout } = await run(process.execPath, args, { env, maxBuffer: 1 << 24 }).catch(
    (failed: { stdout: string }) => failed,
  );
  return JSON.parse(stdout).problems.map(({ ruleId, message }: { ruleId: string; message: string }) => ({
    ruleId,
    message,
  }));
}

test('the OpenAPI document passes the linter without a warning', async () => {
  expect(await lint(document)).toEqual([]);
});

test('the linter finds what is missing', async () => {
  const { summary: _, operationId, ...rest } = document.paths?.['/v1/listings']?.get ?? {};
  const spoilt = { ...document, paths: { ...document.paths, '/v1/listings': { get: rest } } };
  const found = (await lint(spoilt)).map(({ ruleId }) => ruleId);
  expect(found).toEqual(expect.arrayContaining(['operation-summary', 'operation-operationId']));
});
