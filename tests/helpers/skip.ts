/**
 * The name of a test or group with the reason why it is skipped, if it is. The summary after a run prints the reasons, and
 * a skipped test without one fails the run.
 *
 * @example
 * test.skipIf(reason)(named('runs in an empty root', reason), async () => {});
 */
export function named(name: string, reason: string | null): string {
  return reason ? `${name} (skipped: ${reason})` : name;
}

/** Why tests of what Windows does not have are skipped; null on other systems. */
export const ON_WINDOWS = process.platform === 'win32' ? 'Windows does not have what it tests' : null;
