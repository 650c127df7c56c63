import { describe, expect, test } from 'vitest';
import { signMachO } from '../../scripts/executable/sign-macho.ts';
import { readSignedMachO } from './read-macho.ts';

/** Signs generated files instead of Node: they need no download and can be invalid in every way. */

const CPU_ARM64 = 0x0100000c;

/** A minimal Mach-O to sign: a page of code and `linkEditSize` bytes in __LINKEDIT. */
function machO(linkEditSize: number, { firstSection = 0x1000, trailing = 0 } = {}): Buffer {
  const file = Buffer.alloc(0x4000 + linkEditSize + trailing, 0x5a).fill(0, 0, 0x1000);
  const commands = [
    segment('__TEXT', { start: 0, size: 0x4000, memory: 0x4000 }, firstSection),
    segment('__LINKEDIT', { start: 0x4000, size: linkEditSize, memory: 0x4000 }),
  ];
  const size = commands.reduce((sum, { length }) => sum + length, 0);
  [0xfeedfacf, CPU_ARM64, 0, 2, commands.length, size, 0, 0].forEach((word, index) => {
    file.writeUInt32LE(word, 4 * index);
  });
  Buffer.concat(commands).copy(file, 32);
  return file;
}

function segment(name: string, bytes: { start: number; size: number; memory: number }, section?: number): Buffer {
  const command = Buffer.alloc(section === undefined ? 72 : 152);
  command.writeUInt32LE(0x19, 0);
  command.writeUInt32LE(command.length, 4);
  command.write(name, 8);
  [0x1_0000_0000 + bytes.start, bytes.memory, bytes.start, bytes.size].forEach((value, index) => {
    command.writeBigUInt64LE(BigInt(value), 24 + 8 * index);
  });
  if (section !== undefined) {
    command.writeUInt32LE(1, 64);
    command.writeUInt32LE(section, 72 + 48);
  }
  return command;
}

// Around the boundaries of padding, hash pages and memory pages.
const SIZES = [1, 15, 16, 17, 4080, 4096, 4097, 0x3fff, 0x4000, 0x4001, 300_000];

describe('an ad-hoc signature', () => {
  test.each(SIZES)('is valid for %i bytes in __LINKEDIT and changes no other byte', (linkEditSize) => {
    const unsigned = machO(linkEditSize);
    const signed = Buffer.from(signMachO(unsigned, 'a-program'));
    const { processor, identifier, flags, codeLimit } = readSignedMachO(signed);
    expect({ processor, identifier, flags }).toEqual({ processor: CPU_ARM64, identifier: 'a-program', flags: 0x20002 });
    expect(codeLimit).toBe(Math.ceil(unsigned.length / 16) * 16);
    expect(signed.subarray(0x1000, unsigned.length).equals(unsigned.subarray(0x1000))).toBe(true);
  });

  test('is invalidated by changing any part', () => {
    const signed = Buffer.from(signMachO(machO(5000), 'a-program'));
    const { codeLimit } = readSignedMachO(signed);
    for (const at of [24, 0xfff, 0x1000, 0x4000, codeLimit - 1, codeLimit + 20, signed.length - 40]) {
      const changed = Buffer.from(signed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => readSignedMachO(changed), `byte ${at}`).toThrow();
    }
  });

  test.each([
    ['another file', Buffer.alloc(64), 'not a 64-bit Mach-O'],
    ['a signed one', Buffer.from(signMachO(machO(100), 'x')), 'already signed'],
    ['one without room for a command', machO(100, { firstSection: 32 + 152 + 72 + 15 }), 'no room'],
    ['one with bytes after __LINKEDIT', machO(100, { trailing: 1 }), '__LINKEDIT is not at the end'],
  ])('%s is refused', (_, file, message) => {
    expect(() => signMachO(file, 'x')).toThrow(message);
  });

  test('fits exactly where there is room for one load command', () => {
    const file = machO(100, { firstSection: 32 + 152 + 72 + 16 });
    readSignedMachO(Buffer.from(signMachO(file, 'x')));
  });
});
