import { createHash } from 'node:crypto';

const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const PAGE = 4096;

export interface MachOSegment {
  name: string;
  /** Addresses in memory, and offsets in the file. */
  memory: { start: number; size: number };
  file: { start: number; size: number };
}

export interface SignedMachO {
  processor: number;
  identifier: string;
  /** The identifier in the code directory. */
  flags: number;
  segments: MachOSegment[];
  /** Number of signed bytes: all before the signature. */
  codeLimit: number;
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/**
 * Reads and verifies a thin 64-bit Mach-O executable with an ad-hoc signature, as macOS does before running it. Independent
 * of the signing code. Throws when something is wrong.
 */
export function readSignedMachO(file: Buffer): SignedMachO {
  must(file.readUInt32LE(0) === 0xfeedfacf, 'no 64-bit Mach-O');
  const segments: MachOSegment[] = [];
  const signatures: [start: number, size: number][] = [];
  let at = 32;
  for (let index = 0; index < file.readUInt32LE(16); index++) {
    const command = file.subarray(at, at + file.readUInt32LE(at + 4));
    const number = (offset: number) => Number(command.readBigUInt64LE(offset));
    if (command.readUInt32LE(0) === LC_CODE_SIGNATURE)
      signatures.push([command.readUInt32LE(8), command.readUInt32LE(12)]);
    if (command.readUInt32LE(0) === LC_SEGMENT_64) {
      segments.push({
        name: command.toString('latin1', 8, 24).replace(/\0+$/, ''),
        memory: { start: number(24), size: number(32) },
        file: { start: number(40), size: number(48) },
      });
      const sections = Array.from({ length: command.readUInt32LE(64) }, (_, section) => 72 + 80 * section + 48);
      const starts = sections.map((offset) => command.readUInt32LE(offset)).filter((start) => start > 0);
      must(
        starts.every((start) => start >= 32 + file.readUInt32LE(20)),
        'a section lies under the load commands',
      );
    }
    at += command.length;
  }
  must(at === 32 + file.readUInt32LE(20), 'the load commands have another size than the header says');
  for (const [index, { name, memory, file: bytes }] of segments.entries()) {
    const next = segments[index + 1];
    must(bytes.size <= memory.size, `${name} has no memory for its bytes`);
    must(memory.start % 0x4000 === 0 && memory.size % 0x4000 === 0, `${name} is not made of memory's pages`);
    must(bytes.start % 0x4000 === 0, `${name} does not start at a page of the file`);
    must(!next || memory.start + memory.size <= next.memory.start, `${name} and ${next?.name} overlap in memory`);
    must(!next || bytes.start + bytes.size <= next.file.start, `${name} and ${next?.name} overlap in the file`);
  }
  const linkEdit = segments.at(-1)!;
  must(linkEdit.name === '__LINKEDIT', '__LINKEDIT is not the last segment');
  must(linkEdit.file.start + linkEdit.file.size === file.length, '__LINKEDIT is not the end of the file');

  must(signatures.length === 1, `there are ${signatures.length} signatures`);
  const [start, size] = signatures[0]!;
  must(start % 16 === 0, 'the signature is not aligned');
  must(start >= linkEdit.file.start && start + size === file.length, 'the signature is not the end of __LINKEDIT');
  const blob = file.subarray(start, start + size);
  must(blob.readUInt32BE(0) === 0xfade0cc0 && blob.readUInt32BE(4) <= size, 'no embedded signature');
  must(blob.readUInt32BE(8) === 1 && blob.readUInt32BE(12) === 0, 'the signature has more than a code directory');
  const directory = blob.subarray(blob.readUInt32BE(16), blob.readUInt32BE(4));
  must(directory.readUInt32BE(0) === 0xfade0c02 && directory.readUInt32BE(4) === directory.length, 'no code directory');
  const [version, flags, hashes, identifier, special, pages, codeLimit] = Array.from({ length: 7 }, (_, word) =>
    directory.readUInt32BE(8 + 4 * word),
  ) as [number, number, number, number, number, number, number];
  must(version === 0x20400 && special === 0, 'another kind of code directory');
  must(codeLimit === start, 'what is signed does not end where the signature starts');
  must(directory.subarray(36, 40).equals(Buffer.from([32, 2, 0, 12])), 'the hashes are not SHA-256 of 4096 bytes');
  const text = segments.find(({ name }) => name === '__TEXT')!;
  const executable = [64, 72, 80].map((offset) => Number(directory.readBigUInt64BE(offset)));
  must(executable.join() === [text.file.start, text.file.size, 1].join(), '__TEXT is not the executable segment');
  must(pages === Math.ceil(codeLimit / PAGE), 'not every page is signed');
  must(hashes + 32 * pages === directory.length, 'the hashes do not fill the code directory');
  for (let page = 0; page < pages; page++) {
    const content = file.subarray(PAGE * page, Math.min(PAGE * (page + 1), codeLimit));
    const listed = directory.subarray(hashes + 32 * page, hashes + 32 * (page + 1));
    must(createHash('sha256').update(content).digest().equals(listed), `page ${page} is not what was signed`);
  }
  return {
    processor: file.readUInt32LE(4),
    identifier: directory.toString('latin1', identifier, directory.indexOf(0, identifier)),
    flags,
    segments,
    codeLimit,
  };
}
