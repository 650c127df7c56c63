import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { baseNode } from '../../scripts/executable/base-node.ts';
import { buildExecutable, NODE_VERSIONS, type Target } from '../../scripts/executable/build.ts';
import { stripElf } from '../../scripts/executable/strip-elf.ts';
import { ROOT, temporaryFolder } from '../cli/run.ts';
import { named } from '../helpers/skip.ts';
import { readSignedMachO } from './read-macho.ts';
import { readPe, readVersion } from './read-pe.ts';

/** The structure of the executables of all platforms, most of which cannot run here. Their Node binaries are downloaded once. */

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const folder = await temporaryFolder(afterAll);

const onMac = process.platform === 'darwin' ? 'executables for Linux are not built on macOS' : null;

async function builtExecutable(target: Target): Promise<Buffer> {
  return readFile(await buildExecutable(target, path.join(folder, target)));
}
const base = async (target: Target) => readFile(await baseNode(target, NODE_VERSIONS[target]));

/** Checks that Node will find a program in it: its fuse is blown. */
function expectFuse(bytes: Buffer): void {
  const fuse = bytes.indexOf('NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:');
  expect(bytes.toString('latin1', fuse, fuse + 48).at(-1)).toBe('1');
}

describe.skipIf(onMac).each([
  ['linux-x64', 62],
  ['linux-arm64', 183],
] as const)(named('%s', onMac), (target, machine) => {
  /** The loaded segments of an ELF file: addresses, flags and bytes. */
  function loaded(elf: Buffer) {
    const [start, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)];
    const PT_LOAD = 1;
    return Array.from({ length: count }, (_, index) => elf.subarray(start + index * size))
      .filter((header) => header.readUInt32LE(0) === PT_LOAD)
      .map((header) => {
        const [offset, length] = [Number(header.readBigUInt64LE(8)), Number(header.readBigUInt64LE(32))];
        return {
          address: header.readBigUInt64LE(16),
          flags: header.readUInt32LE(4),
          bytes: elf.subarray(offset, offset + length),
        };
      });
  }

  function sectionNames(elf: Buffer): string[] {
    const start = Number(elf.readBigUInt64LE(40));
    const headers = Array.from({ length: elf.readUInt16LE(60) }, (_, index) => elf.subarray(start + 64 * index));
    const names = Number(headers[elf.readUInt16LE(62)]!.readBigUInt64LE(24));
    return headers.map((header) => {
      const at = names + header.readUInt32LE(0);
      return elf.toString('latin1', at, elf.indexOf(0, at));
    });
  }

  test('stripping removes symbols and nothing that is loaded', async () => {
    const node = await base(target);
    const stripped = Buffer.from(stripElf(node));
    expect(sectionNames(node)).toContain('.symtab');
    const names = sectionNames(stripped);
    expect(names).toEqual(sectionNames(node).filter((name) => names.includes(name)));
    expect(names.filter((name) => /symtab|strtab$|debug|comment/.test(name))).toEqual(['.shstrtab']);
    expect(names).toEqual(expect.arrayContaining(['.text', '.dynsym', '.dynstr', '.bss']));
    const [before, after] = [loaded(node), loaded(stripped)];
    expect(after.length).toBe(before.length);
    // Only the header in the first segment changes: the offset of the section table.
    const body = (bytes: Buffer, index: number) => (index === 0 ? bytes.subarray(64) : bytes);
    for (const [index, { address, flags, bytes }] of after.entries()) {
      expect([address, flags]).toEqual([before[index]!.address, before[index]!.flags]);
      expect(body(bytes, index).equals(body(before[index]!.bytes, index))).toBe(true);
    }
  });

  test('is an executable for its machine and contains the program', async () => {
    const elf = await builtExecutable(target);
    expect(elf.toString('latin1', 0, 6)).toBe('\x7fELF\x02\x01');
    expect(elf.readUInt16LE(18)).toBe(machine);
    expectFuse(elf);
    expect(loaded(elf).some(({ bytes }) => bytes.includes('NODE_SEA_BLOB'))).toBe(true);
    expect(sectionNames(elf)).not.toContain('.symtab');
  });
});

describe('darwin-arm64', () => {
  test('is a signed executable for its machine and contains the program', async () => {
    const file = await builtExecutable('darwin-arm64');
    const { identifier, processor, segments } = readSignedMachO(file);
    expect({ identifier, processor }).toEqual({ identifier: 'emnist-tui', processor: 0x0100000c });
    expect(segments.find(({ name }) => name === 'NODE_SEA')?.file.size).toBeGreaterThan(1e6);
    expectFuse(file);
    file.writeUInt8(file.readUInt8(5_000_000) ^ 1, 5_000_000);
    expect(() => readSignedMachO(file)).toThrow('not what was signed');
  });
});

describe('win-x64', () => {
  test('is an executable for its machine, contains the program, and has its name and version', async () => {
    const file = await builtExecutable('win-x64');
    const { resources, ...header } = readPe(file);
    const CONSOLE = 3;
    // Node's signature would not match this program.
    expect(header).toMatchObject({ machine: 0x8664, subsystem: CONSOLE, certificates: 0 });
    expect(header.checksum).toBe(header.computedChecksum);
    expectFuse(file);

    const { RT_ICON, RT_RCDATA, RT_GROUP_ICON, RT_VERSION } = {
      RT_ICON: 3,
      RT_RCDATA: 10,
      RT_GROUP_ICON: 14,
      RT_VERSION: 16,
    };
    const found = (type: number) => resources.filter((resource) => resource.type === type);
    const [program] = found(RT_RCDATA);
    expect(program).toMatchObject({ name: 'NODE_SEA_BLOB' });
    expect(program!.bytes.length).toBeGreaterThan(1e6);

    const [version, ...others] = found(RT_VERSION).map(({ bytes }) => readVersion(bytes));
    expect(others).toEqual([]);
    const { version: ours } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
    expect(version).toMatchObject({ fileVersion: `${ours}.0`, productVersion: `${ours}.0` });
    expect(version!.texts).toMatchObject({
      ProductName: 'emnist-tui',
      ProductVersion: ours,
      FileVersion: ours,
      OriginalFilename: 'emnist-tui.exe',
      LegalCopyright: expect.stringMatching(/^Copyright/),
    });
    // Node's own strings are gone.
    expect(Object.keys(version!.texts)).not.toContain('CompanyName');

    const pictures = found(RT_ICON).map(({ bytes }) => PNG.sync.read(bytes));
    const SIZES = [16, 24, 32, 48, 64, 128, 256];
    expect(pictures.map(({ width, height }) => [width, height])).toEqual(SIZES.map((size) => [size, size]));
    const [group, ...groups] = found(RT_GROUP_ICON);
    expect(groups).toEqual([]);
    expect(group!.bytes.readUInt16LE(4)).toBe(SIZES.length);
    for (const { width, data } of pictures) {
      // Transparent in the corner, the square's color at the side, white where the pen starts.
      const pixel = (x: number, y: number) => {
        const at = 4 * (Math.floor(y * width) * width + Math.floor(x * width));
        return [...data.subarray(at, at + 4)];
      };
      expect(pixel(0, 0)[3]).toBeLessThan(128);
      expect(pixel(0.1, 0.5)).toEqual([0x0a, 0x71, 0x68, 255]);
      expect(Math.min(...pixel(9 / 32, 19.5 / 32))).toBeGreaterThan(200);
    }
  });
});
