import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { LONG_TESTS, SLOW_TESTS } from './tests/slow-tests.ts';

const slow = Object.keys(SLOW_TESTS);
const long = [...LONG_TESTS, ...slow];

/** Starts long tests in the order of their list, longest first, so that none of them is left for the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = long.findIndex((file) => moduleId.endsWith(`/${file}`));
      return index === -1 ? long.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

/** Tests of the app, which run with React as the product has it: its build for development takes twice the time. */
const APP_TESTS = 'tests/tui/**/*.test.{ts,tsx}';

/** `npm test` runs the projects but "slow", `npm run test:all` all. */
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
      { extends: true, test: { name: 'fast', include: ['tests/**/*.test.{ts,tsx}'], exclude: [...slow, APP_TESTS] } },
      {
        extends: true,
        oxc: { jsx: { runtime: 'automatic', development: false } },
        test: { name: 'app', include: [APP_TESTS], env: { NODE_ENV: 'production' } },
      },
      { extends: true, test: { name: 'slow', include: slow } },
    ],
  },
});
