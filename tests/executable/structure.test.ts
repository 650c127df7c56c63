import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { baseNode } from '../../scripts/executable/base-node.ts';
import { buildExecutable, NODE_VERSIONS, TARGETS, type Target } from '../../scripts/executable/build.ts';
import { signMachO } from '../../scripts/executable/sign-macho.ts';
import { stripElf } from '../../scripts/executable/strip-elf.ts';
import { ROOT, temporaryFolder } from '../cli/run.ts';

/** What the executables of all platforms are made of: most cannot run here. Their Nodes are fetched once. */

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const removals: (() => Promise<void>)[] = [];
let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder((remove) => removals.push(remove));
});
afterAll(async () => {
  for (const remove of removals) await remove();
});

const cannot = process.platform === 'darwin' ? TARGETS.filter((target) => target.startsWith('linux')) : [];
for (const target of cannot) console.log(`skipped: ${target}, which is not built on macOS`);

async function made(target: Target): Promise<Buffer> {
  return readFile(await buildExecutable(target, path.join(folder, target)));
}
const base = async (target: Target) => readFile(await baseNode(target, NODE_VERSIONS[target]));

/** That Node will find a program in it: its fuse has been blown. */
function expectFuse(bytes: Buffer): void {
  const fuse = bytes.indexOf('NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:');
  expect(bytes.toString('latin1', fuse, fuse + 48).at(-1)).toBe('1');
}

describe.skipIf(cannot.length > 0).each([
  ['linux-x64', 62],
  ['linux-arm64', 183],
] as const)('%s', (target, machine) => {
  /** The segments of an ELF file that are loaded: where they go, how, and their bytes. */
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

  test('stripping takes symbols and nothing that is loaded', async () => {
    const node = await base(target);
    const stripped = Buffer.from(stripElf(node));
    expect(sectionNames(node)).toContain('.symtab');
    const names = sectionNames(stripped);
    expect(names).toEqual(sectionNames(node).filter((name) => names.includes(name)));
    expect(names.filter((name) => /symtab|strtab$|debug|comment/.test(name))).toEqual(['.shstrtab']);
    expect(names).toEqual(expect.arrayContaining(['.text', '.dynsym', '.dynstr', '.bss']));
    const [before, after] = [loaded(node), loaded(stripped)];
    expect(after.length).toBe(before.length);
    // Only the header, in the first segment, changes: where the sections are.
    const body = (bytes: Buffer, index: number) => (index === 0 ? bytes.subarray(64) : bytes);
    for (const [index, { address, flags, bytes }] of after.entries()) {
      expect([address, flags]).toEqual([before[index]!.address, before[index]!.flags]);
      expect(body(bytes, index).equals(body(before[index]!.bytes, index))).toBe(true);
    }
  });

  test('is an executable of its machine with the program in it', async () => {
    const elf = await made(target);
    expect(elf.toString('latin1', 0, 6)).toBe('\x7fELF\x02\x01');
    expect(elf.readUInt16LE(18)).toBe(machine);
    expectFuse(elf);
    expect(loaded(elf).some(({ bytes }) => bytes.includes('NODE_SEA_BLOB'))).toBe(true);
    expect(sectionNames(elf)).not.toContain('.symtab');
  });
});

describe('darwin-arm64', () => {
  /** Checks the ad-hoc signature of a Mach-O file as macOS does before it runs it; throws where it is wrong. */
  function verify(file: Buffer) {
    expect(file.readUInt32LE(0)).toBe(0xfeedfacf);
    const commands = new Map<string, Buffer>();
    let at = 32;
    for (let index = 0; index < file.readUInt32LE(16); index++) {
      const command = file.subarray(at, at + file.readUInt32LE(at + 4));
      const kind = command.readUInt32LE(0);
      commands.set(kind === 0x19 ? command.toString('latin1', 8, 24).replaceAll('\0', '') : `${kind}`, command);
      at += command.length;
    }
    expect(at).toBe(32 + file.readUInt32LE(20));
    const signature = commands.get(`${0x1d}`)!;
    const [start, size] = [signature.readUInt32LE(8), signature.readUInt32LE(12)];
    expect(start % 16).toBe(0);
    expect(start + size).toBe(file.length);
    const [linkEdit, text] = [commands.get('__LINKEDIT')!, commands.get('__TEXT')!];
    expect(linkEdit.readBigUInt64LE(40) + linkEdit.readBigUInt64LE(48)).toBe(BigInt(file.length));
    expect(linkEdit.readBigUInt64LE(32) % 0x4000n).toBe(0n);
    expect(linkEdit.readBigUInt64LE(32)).toBeGreaterThanOrEqual(linkEdit.readBigUInt64LE(48));

    const blob = file.subarray(start);
    expect([blob.readUInt32BE(0), blob.readUInt32BE(8), blob.readUInt32BE(12)]).toEqual([0xfade0cc0, 1, 0]);
    const directory = blob.subarray(blob.readUInt32BE(16), blob.readUInt32BE(4));
    expect(directory.readUInt32BE(0)).toBe(0xfade0c02);
    expect(directory.length).toBe(directory.readUInt32BE(4));
    const [hashes, name, special, pages, limit] = [16, 20, 24, 28, 32].map((offset) => directory.readUInt32BE(offset));
    expect(special).toBe(0);
    expect(limit).toBe(start);
    expect([...directory.subarray(36, 40)]).toEqual([32, 2, 0, 12]);
    expect(directory.readBigUInt64BE(64)).toBe(text.readBigUInt64LE(40));
    expect(directory.readBigUInt64BE(72)).toBe(text.readBigUInt64LE(48));
    expect(directory.readBigUInt64BE(80)).toBe(1n);
    const listed: string[] = [];
    const computed: string[] = [];
    for (let page = 0; page < pages!; page++) {
      listed.push(directory.toString('hex', hashes! + 32 * page, hashes! + 32 * (page + 1)));
      const content = file.subarray(4096 * page, Math.min(4096 * (page + 1), limit!));
      computed.push(createHash('sha256').update(content).digest('hex'));
    }
    expect(pages).toBe(Math.ceil(limit! / 4096));
    if (listed.join() !== computed.join()) throw new Error('a page is not what was signed');
    const identifier = directory.toString('latin1', name!, directory.indexOf(0, name!));
    return { commands, identifier, processor: file.readUInt32LE(4) };
  }

  test('is an executable of its machine with the program in it, and signed', async () => {
    const file = await made('darwin-arm64');
    const { commands, identifier, processor } = verify(file);
    expect({ identifier, processor }).toEqual({ identifier: 'emnist-tui', processor: 0x0100000c });
    expect(commands.has('NODE_SEA')).toBe(true);
    expectFuse(file);
    const changed = Buffer.from(file);
    changed.writeUInt8(changed.readUInt8(5_000_000) ^ 1, 5_000_000);
    expect(() => verify(changed)).toThrow('not what was signed');
    expect(() => signMachO(file, 'again')).toThrow('signed');
    expect(() => signMachO(Buffer.alloc(64), 'x')).toThrow('no 64-bit Mach-O');
  });
});

describe('win-x64', () => {
  test('is an executable of its machine with the program in it, which says what it is', async () => {
    const file = await made('win-x64');
    const header = file.subarray(file.readUInt32LE(0x3c));
    expect(header.toString('latin1', 0, 4)).toBe('PE\0\0');
    expect(header.readUInt16LE(4)).toBe(0x8664);
    const optional = header.subarray(24);
    expect(optional.readUInt16LE(0)).toBe(0x20b);
    const CONSOLE = 3;
    expect(optional.readUInt16LE(68)).toBe(CONSOLE);
    // The table of certificates: Node's would be of a program that this is not.
    const certificates = (pe: Buffer) => pe.subarray(pe.readUInt32LE(0x3c) + 24 + 112 + 8 * 4).readUInt32LE(4);
    expect(certificates(await base('win-x64'))).toBeGreaterThan(0);
    expect(certificates(file)).toBe(0);
    expectFuse(file);

    const { entries } = NtExecutableResource.from(NtExecutable.from(file));
    const RCDATA = 10;
    const program = entries.find(({ type, id }) => type === RCDATA && id === 'NODE_SEA_BLOB');
    expect(program?.bin.byteLength).toBeGreaterThan(1e6);
    const ICONS = [3, 14];
    expect(entries.filter(({ type }) => ICONS.includes(Number(type)))).toEqual([]);
    const [info] = Resource.VersionInfo.fromEntries(entries);
    const languages = info!.getAllLanguagesForStringValues();
    expect(languages).toHaveLength(1);
    const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
    expect(info!.getStringValues(languages[0]!)).toMatchObject({
      ProductName: 'emnist-tui',
      ProductVersion: version,
      FileVersion: version,
      OriginalFilename: 'emnist-tui.exe',
      LegalCopyright: expect.stringMatching(/^Copyright/),
    });
  });
});
