import { spawnSync } from 'node:child_process';
import { EXECUTABLE } from '../cli/run.ts';

/** The user to run the program as where permissions are tested, which root ignores; undefined if this is not root. */
export const NOBODY = process.getuid?.() === 0 ? 65534 : undefined;

/** Why the program cannot run as a user without permissions; null when it can. */
export function whyNotNobody(): string | null {
  if (process.platform === 'win32') return 'Windows has other permissions';
  if (NOBODY === undefined) return null;
  const { status } = spawnSync(process.execPath, [EXECUTABLE, '--version'], { uid: NOBODY, gid: NOBODY });
  return status === 0 ? null : 'tests run as root, and others may not read the program';
}
