import { execFileSync } from 'node:child_process';
import { accessSync } from 'node:fs';
import path from 'node:path';
import { HOST } from '../../scripts/executable/base-node.ts';
import { buildExecutable, TARGETS, type Target } from '../../scripts/executable/build.ts';
import { EXECUTABLE } from '../cli/run.ts';
import { installPackage } from '../helpers/install-package.ts';

/** A form in which the product is distributed. */
export interface Form {
  name: string;
  /** Runs on an emulated processor. */
  emulated: boolean;
  /** Creates it in a folder and returns the command that runs it. */
  prepare: (folder: string) => Promise<readonly string[]>;
  /** Why it cannot run on this machine. */
  missing: string | null;
}

const checkout: Form = {
  name: 'the checkout',
  emulated: false,
  prepare: async () => [process.execPath, EXECUTABLE],
  missing: null,
};

const npmPackage: Form = {
  name: 'the npm package',
  emulated: false,
  prepare: async (folder) => {
    const project = path.join(folder, 'project');
    await installPackage(project);
    return [process.execPath, path.join(project, 'node_modules/emnist-tui/bin/emnist-tui.js')];
  },
  missing: null,
};

function executable(target: Target, missing: string | null, ...runBy: string[]): Form {
  const prepare = async (folder: string) => [...runBy, await buildExecutable(target, path.join(folder, target))];
  return { name: `the executable for ${target}`, emulated: runBy.length > 0, prepare, missing };
}

/** All forms: the executables are those that could run on this machine. */
export const FORMS: readonly Form[] = [checkout, npmPackage, ...executables()];

function executables(): Form[] {
  const host = TARGETS.find((target) => target === HOST);
  if (!host) return [executable('linux-x64', `no executable for ${HOST}`)];
  // Debian's packages of the emulator and the other architecture's libraries: qemu-user, libc6-arm64-cross, libstdc++6-arm64-cross.
  const emulator = ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'];
  const own = executable(host, null);
  return host === 'linux-arm64'
    ? [own]
    : [own, executable('linux-arm64', whyNotEmulated(host, emulator[0]!), ...emulator)];
}

function whyNotEmulated(host: Target, emulator: string): string | null {
  if (host !== 'linux-x64') return 'it is emulated only on x64 Linux';
  try {
    execFileSync(emulator, ['--version'], { stdio: 'ignore' });
    accessSync('/usr/aarch64-linux-gnu/lib/libstdc++.so.6');
    return null;
  } catch {
    return 'qemu-user with libstdc++6-arm64-cross is not installed';
  }
}
