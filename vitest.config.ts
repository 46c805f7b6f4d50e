import { defineConfig } from 'vitest/config';

const left = ['**/node_modules/**', '**/fixtures/**', 'examples/**'];
/** Runs that measure: they want the machine for themselves, as they would have it at a user's. */
const measuring = ['test/e2e/orders-api*.test.ts'];

export default defineConfig({
  test: {
    // More points of the same tests, on machines that do other things too.
    testTimeout: process.env.BEXPERT_TEST === 'full' ? 300_000 : 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts', 'plugins/**/*.test.ts'],
          exclude: [...left, ...measuring],
          // Most of them wait for processes of their own half of the time.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'measuring', include: measuring, exclude: left, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
