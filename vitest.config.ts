import { configDefaults, defineConfig } from 'vitest/config';

/** The tests that need servers: Postgres, Prosody, workerd. */
const onStack = ['test/db/**', 'test/flow/**', 'test/stack/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...onStack],
        },
      },
      {
        test: {
          name: 'stack',
          include: onStack.map((folder) => `${folder}/*.test.ts`),
          globalSetup: ['test/support/global-setup.ts'],
          setupFiles: ['test/support/trust.ts'],
          // Real servers on a busy machine, not mocks.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
