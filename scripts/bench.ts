/** Runs one benchmark: `npm run bench -- NAME [--full]`. Its last line is one JSON object with the ratios it measured. */

import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, Ratios } from './bench/ratio.ts';

const folder = new URL('bench/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('-bench.ts'))
  .map((file) => file.slice(0, -'-bench.ts'.length));

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { full: { type: 'boolean', default: false } },
});
const [name = ''] = positionals;
if (!names.includes(name) || !existsSync(fileURLToPath(folder))) {
  process.stderr.write(`npm run bench -- NAME [--full]; NAME is one of ${names.join(', ')}\n`);
  process.exit(1);
}
const { bench } = (await import(new URL(`${name}-bench.ts`, folder).href)) as { bench: Bench };
const ratios: Ratios = await bench({ full: values.full, say: (line) => process.stdout.write(`${line}\n`) });
process.stdout.write(`${JSON.stringify({ bench: name, ratios })}\n`);
