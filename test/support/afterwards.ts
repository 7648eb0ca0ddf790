import { afterAll } from 'vitest';

const steps: (() => unknown)[] = [];

/** Has a step done when the file's tests are through, the last one first; also from within a `beforeAll`. */
export function afterwards(step: () => unknown): void {
  steps.push(step);
}

// An `afterAll` that is called within a `beforeAll` never runs; this one is registered with the file.
afterAll(async () => {
  for (const step of steps.reverse()) await step();
});
