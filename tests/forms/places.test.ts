import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { HOST } from '../../scripts/executable/base-node.ts';
import { buildExecutable, TARGETS } from '../../scripts/executable/build.ts';
import { run, temporaryFolder } from '../cli/run.ts';
import { named } from '../helpers/skip.ts';

/** The single executable in bare environments. */

const target = TARGETS.find((name) => name === HOST);
const noTarget = target ? null : `no executable for ${HOST}`;
const isRoot = process.getuid?.() === 0;
const failing = ['chroot / true', 'ldd --version', 'dpkg --version'].find((command) => !works(command));
const noRoot = failing ? `"${failing}" fails here` : null;

function works(command: string): boolean {
  const [file, ...args] = command.split(' ');
  return spawnSync(file!, args, { stdio: 'ignore' }).status === 0;
}

const folder = await temporaryFolder(afterAll);
let executable: string;
beforeAll(async () => {
  if (target) executable = await buildExecutable(target, folder);
});

/** User and group id of nobody. */
const NOBODY = 65534;

const LINE = '{"strokes":[[[5,0],[5,20]]]}\n';

/** Checks that it recognizes a character with the shipped model. */
async function expectToPredict(options: Parameters<typeof run>[1]): Promise<void> {
  const { code, stdout, stderr } = await run(['predict', '-', '--json'], { ...options, input: LINE });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ event: 'prediction', source: '-' });
}

describe.skipIf(noTarget)(named('the executable', noTarget), () => {
  test('runs from a path with spaces and non-Latin letters', async () => {
    const place = path.join(folder, 'Δοκιμή – a place', 'ねこ');
    await mkdir(place, { recursive: true });
    const copy = path.join(place, path.basename(executable));
    await copyFile(executable, copy);
    await expectToPredict({ command: [copy], cwd: place, home: path.join(place, 'home') });
  });

  test('runs from a read-only folder and leaves nothing there', async () => {
    const place = await temporaryFolder();
    const copy = path.join(place, path.basename(executable));
    await copyFile(executable, copy);
    await chmod(copy, 0o555);
    await chmod(place, 0o555);
    onTestFinished(() => chmod(place, 0o755));
    const home = await temporaryFolder();
    await chmod(home, 0o777);
    // Root can write everywhere.
    await expectToPredict({ command: [copy], cwd: place, home, ...(isRoot && { uid: NOBODY }) });
    expect(await readdir(place)).toEqual([path.basename(executable)]);
  });

  test('ignores Node options from the environment and the command line', async () => {
    const home = await temporaryFolder();
    await expectToPredict({ command: [executable], home, env: { NODE_OPTIONS: '--no-such-option' } });
    const { code, stderr } = await run(['--eval', 'process.exit(7)'], { command: [executable], home });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown option '--eval'") });
  });

  test.skipIf(noRoot)(
    named('runs as nobody in an empty root with only the libraries of a Debian base system', noRoot),
    async () => {
      const root = await temporaryFolder();
      // The libraries that `ldd` lists are in libc6, libgcc-s1 and libstdc++6, which apt depends on.
      const libraries = execFileSync('ldd', [executable], { encoding: 'utf8' }).matchAll(/(?:=> |\t)(\/\S+)/g);
      for (const [, library] of libraries) {
        const packages = execFileSync('dpkg', ['--search', `*/${path.basename(library!)}`], { encoding: 'utf8' });
        expect(packages).toMatch(/^(libc6|libgcc-s1|libstdc\+\+6):/m);
        const to = path.join(root, library!);
        await mkdir(path.dirname(to), { recursive: true });
        await cp(library!, to, { dereference: true });
      }
      await copyFile(executable, path.join(root, 'emnist-tui'));
      await mkdir(path.join(root, 'home'), { mode: 0o777 });
      await chmod(path.join(root, 'home'), 0o777);
      await chmod(root, 0o755);
      const inRoot = {
        command: ['chroot', `--userspec=${NOBODY}:${NOBODY}`, root, '/emnist-tui'],
        home: '/home',
        env: { NODE_EXTRA_CA_CERTS: undefined },
      };
      await expectToPredict(inRoot);
      const { code, stdout } = await run(['doctor', '--json'], inRoot);
      expect(stdout).not.toContain('"state":"broken"');
      expect(code).toBe(0);
    },
  );
});
