import { execFileSync, spawnSync } from 'node:child_process';

/** A Python that has a module, the first on the path or the system's. Null if none has it. */
export function pythonWith(module: string): string | null {
  return ['python3', '/usr/bin/python3'].find((python) => has(python, module)) ?? null;
}

function has(python: string, module: string): boolean {
  const look = 'import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)';
  return spawnSync(python, ['-c', look, module], { stdio: 'ignore' }).status === 0;
}

/** Runs a script and returns its output. Throws when it fails. Keras uses the first installed backend. */
export function runPython(python: string, script: string, args: readonly string[] = [], cwd?: string): string {
  const backend = process.env.KERAS_BACKEND ?? ['tensorflow', 'jax', 'torch'].find((module) => has(python, module));
  return execFileSync(python, ['-c', script, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, KERAS_BACKEND: backend },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
