import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { SLOW_TESTS } from './tests/slow-tests.ts';

const slow = Object.keys(SLOW_TESTS);

/** Starts slow tests in the order of their list, longest first, so that none of the long ones is left for the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => slow.findIndex((file) => moduleId.endsWith(`/${file}`));
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

/** `npm test` runs the project "fast", `npm run test:all` both. */
export default defineConfig({
  test: {
    globalSetup: ['tests/build.setup.ts'],
    reporters: ['default', './tests/skips-reporter.ts'],
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // Many tests wait for the processes they start, so there is work for one more than there are cores.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for may take long on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    // Node imports built files itself: Vitest would evaluate a large bundle again for each import.
    server: { deps: { external: [/\/dist\//] } },
    projects: [
      { extends: true, test: { name: 'fast', include: ['tests/**/*.test.{ts,tsx}'], exclude: slow } },
      { extends: true, test: { name: 'slow', include: slow } },
    ],
  },
});
