import { execFileSync, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stripElf } from '../../scripts/executable/strip-elf.ts';
import { temporaryFolder } from '../cli/run.ts';
import { named } from '../helpers/skip.ts';

const noElf = process.platform === 'linux' ? null : 'this machine runs no ELF files';

describe.skipIf(noElf)(named('this Node, stripped', noElf), () => {
  test('is no larger, runs, and cannot be stripped further', async ({ skip }) => {
    const node = await readFile(process.execPath);
    const stripped = Buffer.from(stripElf(node));
    expect(stripped.length).toBeLessThanOrEqual(node.length);
    expect(Buffer.from(stripElf(stripped)).equals(stripped)).toBe(true);

    const file = path.join(await temporaryFolder(), 'node');
    await writeFile(file, stripped, { mode: 0o755 });
    // Unwinding a stack needs tables that stripping must keep.
    const script = 'try { null.x } catch (error) { console.log(process.version, error.name) }';
    expect(execFileSync(file, ['-e', script], { encoding: 'utf8' })).toBe(`${process.version} TypeError\n`);

    const { error, stderr, stdout } = spawnSync('readelf', ['--wide', '--headers', '--dynamic', file], {
      encoding: 'utf8',
    });
    if (error) return skip(`readelf cannot look into it: ${error.message}`);
    expect(stderr).toBe('');
    expect(stdout).toContain('.shstrtab');
    expect(stdout).not.toMatch(/\.symtab|\.debug_|\.comment/);
  });

  test('a truncated file is refused', async () => {
    const node = await readFile(process.execPath);
    expect(() => stripElf(node.subarray(0, node.length / 2))).toThrow('truncated');
  });
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['a Windows executable', Buffer.from('MZ'.padEnd(128))],
  ['a 32-bit ELF file', Buffer.from('\x7fELF\x01\x01'.padEnd(128))],
  ['a big-endian ELF file', Buffer.from('\x7fELF\x02\x02'.padEnd(128))],
])('%s is refused', (_, bytes) => {
  expect(() => stripElf(bytes)).toThrow('not a 64-bit little-endian ELF');
});
