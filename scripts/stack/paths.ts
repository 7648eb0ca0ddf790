import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the development stack keeps everything of its own; `npm run reset` removes it. */
export const stateDir = join(root, '.guildhall');
