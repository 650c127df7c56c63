import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import prettyBytes from 'pretty-bytes';
import { FORMS } from '../forms/forms.ts';
import { median } from './peers/serve.ts';
import { commandTime, frameTimes } from './start-times.ts';

/*
 * `npm run bench:forms`: the tables of docs/shipping.md, with the download size of each form of the product and its
 * startup time on this machine. The downloads are the output of `npm run release`.
 */
const TURNS = 15;
const LINE = '{"strokes":[[[0,0],[0,60],[35,60]]]}\n';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const release = path.join(root, 'release');
const row = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
const heading = (...cells: string[]) => {
  row(cells);
  row(cells.map((_, index) => (index === 0 ? '---' : '---:')));
};

heading('download', 'size');
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const downloads = existsSync(release) ? await readdir(release) : [];
for (const name of downloads.filter((file) => /^emnist-tui-.*(tgz|tar\.xz)$/.test(file) && file.includes(version))) {
  row([`\`${name}\``, prettyBytes((await stat(path.join(release, name))).size)]);
}
if (downloads.length === 0) console.log('(none; run "npm run release" first)');
console.log();

const folder = await mkdtemp(path.join(tmpdir(), 'emnist-tui-bench-'));
try {
  const env = { ...process.env, EMNIST_TUI_HOME: path.join(folder, 'home') };
  const measured = [];
  for (const { name, emulated, prepare } of FORMS) {
    if (emulated) continue;
    const place = path.join(folder, name.replaceAll(' ', '-'));
    await mkdir(place);
    measured.push({
      name,
      command: await prepare(place),
      versions: [] as number[],
      frames: [] as number[],
      reads: [] as number[],
    });
  }
  // In turns, so that other load on the machine affects all alike.
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { command, versions, frames, reads } of measured) {
      versions.push(commandTime(command, ['--version'], env));
      frames.push((await frameTimes(command, env)).first);
      reads.push(commandTime(command, ['predict', '-'], env, LINE));
    }
  }
  heading('form', '`--version`', 'first frame', 'reads a character');
  const shown = (times: number[]) => `${median(times).toFixed(0)} ms`;
  for (const { name, versions, frames, reads } of measured) row([name, shown(versions), shown(frames), shown(reads)]);
} finally {
  await rm(folder, { recursive: true, force: true });
}
