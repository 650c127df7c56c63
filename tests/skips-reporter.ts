import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { SLOW_TESTS } from './slow-tests.ts';

/** The reason at the end of a name, as `named` writes it. */
const REASON = /\(skipped: (?<reason>.*)\)/;

/**
 * Reports at the end which tests were skipped and why, and which are left to `npm run test:all`. A skipped test without a
 * reason is an error.
 */
export default class SkipsReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const { config, projects, logger } = this.#vitest!;
    // A name filter skips all tests that do not match it.
    if (config.testNamePattern) return;
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    const byReason = Map.groupBy(skipped, reasonOf);
    const lines = [...byReason].map(([reason, tests]) => {
      const files = new Set(tests.map((test) => test.module.relativeModuleId));
      return `  ${tests.length} in ${[...files].join(', ')}: ${reason ?? 'NO REASON GIVEN'}`;
    });
    const summary = skipped.length === 0 ? 'No test was skipped.' : `Skipped ${count(skipped.length, 'test')}:`;
    logger.log([summary, ...lines, ''].join('\n'));
    if (byReason.has(null)) process.exitCode = 1;
    const isComplete = projects.some(({ name }) => name === 'slow');
    if (isComplete) return;
    const slow = Object.entries(SLOW_TESTS).map(([file, what]) => `  ${file}: ${what}`);
    logger.log(`Left to "npm run test:all":\n${slow.join('\n')}\n`);
  }
}

function reasonOf(test: TestCase): string | null {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return note ?? REASON.exec(test.fullName)?.groups?.reason ?? null;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
