/** Offsets and sizes in the 64-bit ELF header and its tables: elf(5). */
const SECTION_TABLE = 0x28;
const PROGRAM_TABLE = 0x20;
const PROGRAM_ENTRY = 56;
const SECTION_ENTRY = 64;
const SHT_STRTAB = 3;
const SHF_ALLOC = 2n;

/**
 * Strips a 64-bit little-endian ELF executable of the sections that are not loaded: symbols and debug information, a fifth of
 * Node's size. Works for every target on every machine, unlike `strip`; no npm package does this. Throws for other files.
 */
export function stripElf(bytes: Uint8Array): Uint8Array {
  const elf = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (elf.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') throw new Error('not a 64-bit little-endian ELF file');
  const table = (offset: number, size: number, count: number) =>
    Array.from({ length: count }, (_, index) => elf.subarray(offset + index * size, offset + (index + 1) * size));

  const programs = table(Number(elf.readBigUInt64LE(PROGRAM_TABLE)), PROGRAM_ENTRY, elf.readUInt16LE(0x38));
  const loadedEnd = Math.max(
    ...programs.map((program) => Number(program.readBigUInt64LE(8) + program.readBigUInt64LE(32))),
  );
  const sections = table(Number(elf.readBigUInt64LE(SECTION_TABLE)), SECTION_ENTRY, elf.readUInt16LE(0x3c));
  if (loadedEnd > elf.length || sections.at(-1)?.length !== SECTION_ENTRY) throw new Error('the ELF file is truncated');
  const isLoaded = (section: Buffer) => (section.readBigUInt64LE(8) & SHF_ALLOC) !== 0n;
  // The first section is the null section. Symbols refer to sections by index, which must not change.
  const kept = sections.filter((section, index) => index === 0 || isLoaded(section));
  if (kept.some((section, index) => section !== sections[index])) {
    throw new Error('a loaded section follows one that is not loaded');
  }

  const oldNames = sections[elf.readUInt16LE(0x3e)]!;
  const oldNamesStart = Number(oldNames.readBigUInt64LE(24));
  let names = '\0';
  const addName = (name: string) => {
    names += `${name}\0`;
    return names.length - name.length - 1;
  };
  const headers = kept.slice(1).map((section) => {
    const start = oldNamesStart + section.readUInt32LE(0);
    const copy = Buffer.from(section);
    copy.writeUInt32LE(addName(elf.toString('latin1', start, elf.indexOf(0, start))), 0);
    return copy;
  });
  const namesHeader = Buffer.alloc(SECTION_ENTRY);
  namesHeader.writeUInt32LE(addName('.shstrtab'), 0);
  namesHeader.writeUInt32LE(SHT_STRTAB, 4);
  namesHeader.writeBigUInt64LE(BigInt(loadedEnd), 24);
  namesHeader.writeBigUInt64LE(BigInt(names.length), 32);
  namesHeader.writeBigUInt64LE(1n, 48);
  const padding = Buffer.alloc(-(loadedEnd + names.length) & 7);

  const header = Buffer.from(elf.subarray(0, loadedEnd));
  header.writeBigUInt64LE(BigInt(loadedEnd + names.length + padding.length), SECTION_TABLE);
  header.writeUInt16LE(kept.length + 1, 0x3c);
  header.writeUInt16LE(kept.length, 0x3e);
  return Buffer.concat([
    header,
    Buffer.from(names, 'latin1'),
    padding,
    Buffer.alloc(SECTION_ENTRY),
    ...headers,
    namesHeader,
  ]);
}
