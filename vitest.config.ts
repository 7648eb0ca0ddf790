import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** The tests that need servers: Postgres, Prosody, workerd. */
const onStack = ['test/db/**', 'test/flow/**', 'test/stack/**'];

/** Real servers on a machine that may be busy or slow: waiting costs nothing where a test passes. */
const patienceMs = 300_000;

/** Files at the same time, where the machine has few cores: much of what the tests do is waiting. */
const filesMin = 3;

export default defineConfig({
  test: {
    maxWorkers: Math.max(filesMin, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...onStack],
          // They share no state but what is imported, which then is read once and not by each file.
          isolate: false,
          testTimeout: patienceMs,
          hookTimeout: patienceMs,
        },
      },
      {
        test: {
          name: 'stack',
          include: onStack.map((folder) => `${folder}/*.test.ts`),
          globalSetup: ['test/support/global-setup.ts'],
          setupFiles: ['test/support/trust.ts'],
          testTimeout: patienceMs,
          hookTimeout: patienceMs,
        },
      },
    ],
  },
});
