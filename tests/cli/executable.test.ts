import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { named } from '../helpers/skip.ts';
import { ROOT, run, temporaryFolder } from './run.ts';

function major(node: string): number {
  return Number.parseInt(execFileSync(node, ['--version'], { encoding: 'utf8' }).slice(1), 10);
}

/** A Node version that is too old for the program, if this machine has one. */
const oldNode = ['/usr/bin/node', '/usr/local/bin/node', '/opt/homebrew/bin/node'].find(
  (node) => existsSync(node) && major(node) < 22,
);
const noOldNode = oldNode ? null : 'this machine has no Node older than 22';

describe('bin/emnist-tui.js', () => {
  test.skipIf(noOldNode)(named('an old Node is refused in one line', noOldNode), async () => {
    const { code, stdout, stderr } = await run(['models'], { node: oldNode! });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^emnist-tui: needs Node 22 or newer, this is \d+\.\d+\.\d+ — .*\n$/);
  });

  test('requires the Node version of package.json', async () => {
    const { engines } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
    const oldest = Number(engines.node.replace('>=', ''));
    const pretend = (version: string) => {
      const code = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
      return run(['--version'], { env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` } });
    };
    expect(await pretend(`${oldest}.0.0`)).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout, stderr } = await pretend(`${oldest - 1}.9.9`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`needs Node ${oldest} or newer, this is ${oldest - 1}.9.9`);
  });

  test('runs from any folder without sources and node_modules, also from a path with spaces', async () => {
    const folder = path.join(await temporaryFolder(), 'a folder');
    await cp(path.join(ROOT, 'dist'), folder, { recursive: true });
    const result = execFileSync(process.execPath, [path.join(folder, 'bin/emnist-tui.js'), 'predict', '-', '--json'], {
      cwd: folder,
      input: '{"strokes":[[[0,0],[0,9]]]}\n',
      encoding: 'utf8',
      env: { ...process.env, EMNIST_TUI_HOME: path.join(folder, 'home') },
    });
    expect(JSON.parse(result)).toMatchObject({ event: 'prediction', source: '-', index: 0 });
  });
});
