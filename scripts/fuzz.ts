/**
 * Feeds every reader random and mutated stanzas: each must give a value or a ParseError, in bounded time.
 * Usage: npm run fuzz -- [RUNS]; FUZZ_RUNS does the same, FUZZ_SEED repeats what an earlier run printed.
 */
import fc from 'fast-check';
import { ParseError } from '../protocol/parse-error.ts';
import type { Element } from '../protocol/xml.ts';
import { stanza } from '../test/support/elements.ts';
import { readers } from '../test/support/readers.ts';

const runsDefault = 100_000;
const batchSize = 500;
/** The longest that one stanza may take of one reader; the stanza is among the largest that a session lets pass. */
const readMsMax = 1_000;
const printCharsMax = 4_000;
const nameCharsMax = 24;

const runs = Number(process.argv[2] ?? process.env.FUZZ_RUNS ?? runsDefault);
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  console.error('Usage: npm run fuzz -- [RUNS]; RUNS (or FUZZ_RUNS) and FUZZ_SEED are whole numbers.');
  process.exit(1);
}

const times = Object.entries(readers).map(([name, read]) => ({
  name,
  read,
  runs: 0,
  values: 0,
  ms: 0,
  slowestMs: 0,
}));
for (let done = 0; done < runs; done += batchSize) {
  // Every batch can be repeated by itself: its seed with as many runs as one batch.
  const batchSeed = seed + done / batchSize;
  for (const input of fc.sample(stanza, { numRuns: Math.min(batchSize, runs - done), seed: batchSeed })) {
    for (const time of times) {
      const { ms, isValue } = timed(time.name, time.read, input, batchSeed);
      time.runs++;
      time.ms += ms;
      if (isValue) time.values++;
      if (ms <= time.slowestMs) continue;
      // The collector may have run in between: a stanza is as slow as it is at best.
      const again = [1, 2].map(() => timed(time.name, time.read, input, batchSeed).ms);
      time.slowestMs = Math.max(time.slowestMs, Math.min(ms, ...again));
      if (time.slowestMs > readMsMax)
        fail(time.name, input, batchSeed, `took ${time.slowestMs.toFixed(0)} ms`);
    }
  }
}
for (const { name, runs: count, values, ms, slowestMs } of times) {
  const figures = `${count} runs, ${values} values, ${ms.toFixed(0)} ms, slowest ${slowestMs.toFixed(2)} ms`;
  console.log(`${name.padEnd(nameCharsMax)} ${figures}`);
}

type Timed = { ms: number; isValue: boolean };

/** One reading; null is a value too, of readers that may find nothing, but says little. */
function timed(name: string, read: (element: Element) => unknown, input: Element, batchSeed: number): Timed {
  let value: unknown = null;
  const start = performance.now();
  try {
    value = read(input);
  } catch (error) {
    if (!(error instanceof ParseError)) fail(name, input, batchSeed, 'threw', error);
  }
  return { ms: performance.now() - start, isValue: value !== null };
}

function fail(name: string, input: Element, batchSeed: number, what: string, error?: unknown): never {
  console.error(`${name} ${what}; repeat it with FUZZ_SEED=${batchSeed} npm run fuzz -- ${batchSize}`);
  if (error !== undefined) console.error(error);
  console.error(input.toString().slice(0, printCharsMax));
  process.exit(1);
}
