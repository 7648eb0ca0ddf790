import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, run } from './setup.mjs';

ensureInstalled();
const scratch = mkdtempSync(join(tmpdir(), 'guildhall-report-'));
const reportFile = join(scratch, 'report.json');
const exitCode = await run('node_modules/vitest/vitest.mjs', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${reportFile}`,
  ...process.argv.slice(2),
]);
const { passed, failed, skipped } = count(reportFile);
rmSync(scratch, { recursive: true, force: true });
process.exitCode = failed === 0 ? exitCode : exitCode || 1;
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);

/** Counts tests; a file that could not even be loaded counts as one failed test. */
function count(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of report.testResults) {
    const before = totals.failed;
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') totals.passed++;
      else if (test.status === 'failed') totals.failed++;
      else totals.skipped++;
    }
    if (suite.status === 'failed' && totals.failed === before) totals.failed++;
  }
  // Something outside any test went wrong (an unhandled error, a set-up that failed): it must show in the count.
  if (exitCode !== 0 && totals.failed === 0) totals.failed = 1;
  return totals;
}
