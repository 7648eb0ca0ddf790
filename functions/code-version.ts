/** Names the code by its text, so that servers of the same code give the same tags. For Node: it reads files. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const folders = ['db', 'functions', 'market', 'operations', 'protocol'];

export function codeVersion(): string {
  const files = folders.flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`),
  );
  const hash = createHash('sha256');
  for (const file of [...files.sort(), 'package-lock.json']) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(`${root}${file}`))
      .update('\0');
  }
  return hash.digest('base64url');
}
