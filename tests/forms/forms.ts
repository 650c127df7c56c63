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
}

const checkout: Form = { name: 'the checkout', emulated: false, prepare: async () => [process.execPath, EXECUTABLE] };

const npmPackage: Form = {
  name: 'the npm package',
  emulated: false,
  prepare: async (folder) => {
    const project = path.join(folder, 'project');
    await installPackage(project);
    return [process.execPath, path.join(project, 'node_modules/emnist-tui/bin/emnist-tui.js')];
  },
};

function executable(target: Target, ...runBy: string[]): Form {
  const prepare = async (folder: string) => [...runBy, await buildExecutable(target, path.join(folder, target))];
  return { name: `the executable for ${target}`, emulated: runBy.length > 0, prepare };
}

/** The forms that run on this machine. Others are reported with the reason. */
export const FORMS: readonly Form[] = [checkout, npmPackage, ...executables()];

function executables(): Form[] {
  const host = TARGETS.find((target) => target === HOST);
  if (!host) console.log(`skipped: the executable of this machine, since there is none for ${HOST}`);
  const own = host ? [executable(host)] : [];
  // Debian's packages of the emulator and the other architecture's libraries: qemu-user, libc6-arm64-cross, libstdc++6-arm64-cross.
  const emulator = ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'];
  if (host !== 'linux-x64') return own;
  try {
    execFileSync(emulator[0]!, ['--version'], { stdio: 'ignore' });
    accessSync('/usr/aarch64-linux-gnu/lib/libstdc++.so.6');
  } catch {
    console.log('skipped: the executable for linux-arm64, since there is no qemu-user with libstdc++6-arm64-cross');
    return own;
  }
  return [...own, executable('linux-arm64', ...emulator)];
}
