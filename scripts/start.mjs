import { ensureInstalled, reexec } from './setup.mjs';

ensureInstalled();
await reexec('scripts/dev.ts', process.argv.slice(2));
