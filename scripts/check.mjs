import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root, run } from './setup.mjs';

ensureInstalled();
const steps = [
  ['node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']],
  ['node_modules/typescript/bin/tsc', ['--noEmit']],
];
if (existsSync(join(root, 'test/layout.test.ts'))) {
  const files = ['test/layout.test.ts', 'test/functions/openapi-lint.test.ts'];
  steps.push(['node_modules/vitest/vitest.mjs', ['run', '--project', 'unit', ...files]]);
}
// All of them run, so that one look shows everything there is to mend.
let exitCode = 0;
for (const [tool, args] of steps) exitCode = (await run(tool, args)) || exitCode;
process.exit(exitCode);
