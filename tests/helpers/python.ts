import { execFileSync, spawnSync } from 'node:child_process';

/** A Python that has a module: the system's may be another one than the first on the path. Null where none has it. */
export function pythonWith(module: string): string | null {
  return ['python3', '/usr/bin/python3'].find((python) => has(python, module)) ?? null;
}

function has(python: string, module: string): boolean {
  const look = 'import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)';
  return spawnSync(python, ['-c', look, module], { stdio: 'ignore' }).status === 0;
}

/** What a script prints. Throws when it fails. Keras gets the first of its backends that is there. */
export function runPython(python: string, script: string, args: readonly string[] = [], cwd?: string): string {
  const backend = process.env.KERAS_BACKEND ?? ['tensorflow', 'jax', 'torch'].find((module) => has(python, module));
  return execFileSync(python, ['-c', script, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, KERAS_BACKEND: backend },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
