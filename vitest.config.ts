import { configDefaults, defineConfig } from 'vitest/config';

/** The tests that need servers: Postgres, Prosody, workerd. */
const onStack = ['test/db/**', 'test/flow/**', 'test/stack/**'];

/** Real servers on a machine that may be busy or slow: waiting costs nothing where a test passes. */
const patienceMs = 300_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...onStack],
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
