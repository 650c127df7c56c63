import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SLOW_TESTS } from './tests/slow-tests.ts';

const slow = Object.keys(SLOW_TESTS);

/** `npm test` runs the project "fast", `npm run test:all` both. */
export default defineConfig({
  test: {
    globalSetup: ['tests/build.setup.ts'],
    reporters: ['default', './tests/skips-reporter.ts'],
    pool: 'forks',
    // Many tests wait for the processes they start, so there is work for one more than there are cores.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Node imports built files itself: Vitest would evaluate a large bundle again for each import.
    server: { deps: { external: [/\/dist\//] } },
    projects: [
      { extends: true, test: { name: 'fast', include: ['tests/**/*.test.{ts,tsx}'], exclude: slow } },
      { extends: true, test: { name: 'slow', include: slow } },
    ],
  },
});
