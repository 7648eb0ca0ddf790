import { rmSync } from 'node:fs';
import { StackError } from './stack/errors.ts';
import { stateDir } from './stack/paths.ts';
import { claimRun } from './stack/run-file.ts';

try {
  // Holding the claim keeps a stack from starting while its files go, and ends what a killed run left.
  await claimRun(stateDir);
  rmSync(stateDir, { recursive: true, force: true });
  console.log('Cleared: the next start begins with an empty directory.');
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
