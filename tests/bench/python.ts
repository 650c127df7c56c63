import { execFileSync } from 'node:child_process';

/** A Python that has PyTorch: the system's may be another one than the first on the path. */
export function pythonWithTorch(): string | null {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
      return python;
    } catch {
      // The next one may have it; if none has, null says so.
    }
  }
  return null;
}
