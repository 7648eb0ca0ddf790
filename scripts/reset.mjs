import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, reexec, root } from './setup.mjs';

if (!existsSync(join(root, '.guildhall'))) {
  process.stdout.write('There is nothing to clear.\n');
} else {
  ensureInstalled();
  await reexec('scripts/reset.ts');
}
