/** The version of the program that runs. */

import { readFileSync } from 'node:fs';

/** As package.json states it. @throws where that cannot be read */
export function readOwnVersion(): string {
  const stated = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String(stated.version);
}
