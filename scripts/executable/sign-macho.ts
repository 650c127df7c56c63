import { createHash } from 'node:crypto';

const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const CSMAGIC_EMBEDDED_SIGNATURE = 0xfade0cc0;
const CSMAGIC_CODEDIRECTORY = 0xfade0c02;
const CODE_DIRECTORY_SIZE = 88;
/** The first code directory version with the executable segment. */
const CODE_DIRECTORY_VERSION = 0x20400;
/**
 * CS_ADHOC and CS_LINKER_SIGNED, as set by linkers. Node's own signature has JIT entitlements, which only the hardened runtime
 * (CS_RUNTIME) requires.
 * https://developer.apple.com/documentation/security/hardened_runtime
 */
const FLAGS = 0x2 | 0x20000;
const CS_EXECSEG_MAIN_BINARY = 1n;
const HASH_TYPE_SHA256 = 2;
const HASH_SIZE = 32;
/** Pages of 4096 bytes on every processor, as in signatures by Node and Apple's linker. */
const PAGE_BITS = 12;
/** The memory page size of Apple silicon. */
const MEMORY_PAGE = 0x4000;

/**
 * Ad-hoc signs a 64-bit Mach-O executable (`codesign --sign -`), which Apple silicon requires of every executable. No npm
 * package does this. The signature is like those of linkers: a code directory with the SHA-256 of every 4096 bytes, with
 * `identifier` as the name of the program. The structures are defined in cs_blobs.h of Apple's XNU. Throws for other files and
 * for a signed one.
 */
export function signMachO(bytes: Uint8Array, identifier: string): Uint8Array {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (source.readUInt32LE(0) !== 0xfeedfacf) throw new Error('not a 64-bit Mach-O file');
  const commandCount = source.readUInt32LE(16);
  const commandsSize = source.readUInt32LE(20);
  const segments = new Map<string, number>();
  let firstSection = source.length;
  let at = 32;
  for (let command = 0; command < commandCount; command++) {
    const kind = source.readUInt32LE(at);
    if (kind === LC_CODE_SIGNATURE) throw new Error('the file is already signed');
    if (kind === LC_SEGMENT_64) {
      segments.set(source.toString('latin1', at + 8, at + 24).replace(/\0.*/s, ''), at);
      if (source.readUInt32LE(at + 64) > 0) firstSection = Math.min(firstSection, source.readUInt32LE(at + 72 + 48));
    }
    at += source.readUInt32LE(at + 4);
  }
  const [text, linkEdit] = [segments.get('__TEXT'), segments.get('__LINKEDIT')];
  if (text === undefined || linkEdit === undefined) throw new Error('the file lacks __TEXT or __LINKEDIT');
  if (at + 16 > firstSection) throw new Error('the file has no room for another load command');
  const linkEditStart = Number(source.readBigUInt64LE(linkEdit + 40));
  if (linkEditStart + Number(source.readBigUInt64LE(linkEdit + 48)) !== source.length) {
    throw new Error('__LINKEDIT is not at the end of the file');
  }

  const codeLimit = Math.ceil(source.length / 16) * 16;
  const pages = Math.ceil(codeLimit / 2 ** PAGE_BITS);
  const hashOffset = CODE_DIRECTORY_SIZE + Buffer.byteLength(identifier) + 1;
  const directorySize = hashOffset + pages * HASH_SIZE;
  const signatureSize = Math.ceil((20 + directorySize) / 16) * 16;

  const signed = Buffer.alloc(codeLimit + signatureSize);
  source.copy(signed);
  signed.writeUInt32LE(commandCount + 1, 16);
  signed.writeUInt32LE(commandsSize + 16, 20);
  signed.writeUInt32LE(LC_CODE_SIGNATURE, at);
  signed.writeUInt32LE(16, at + 4);
  signed.writeUInt32LE(codeLimit, at + 8);
  signed.writeUInt32LE(signatureSize, at + 12);
  const linkEditSize = signed.length - linkEditStart;
  signed.writeBigUInt64LE(BigInt(Math.ceil(linkEditSize / MEMORY_PAGE) * MEMORY_PAGE), linkEdit + 32);
  signed.writeBigUInt64LE(BigInt(linkEditSize), linkEdit + 48);

  // A superblob with one blob, the code directory; all big-endian.
  const blob = signed.subarray(codeLimit);
  [CSMAGIC_EMBEDDED_SIGNATURE, 20 + directorySize, 1, 0, 20].forEach((word, index) => {
    blob.writeUInt32BE(word, 4 * index);
  });
  const directory = blob.subarray(20);
  const words = [CSMAGIC_CODEDIRECTORY, directorySize, CODE_DIRECTORY_VERSION, FLAGS, hashOffset, CODE_DIRECTORY_SIZE];
  // No special slots: there are no requirements, entitlements or sealed resources.
  words.push(0, pages, codeLimit);
  words.forEach((word, index) => {
    directory.writeUInt32BE(word, 4 * index);
  });
  directory.set([HASH_SIZE, HASH_TYPE_SHA256, 0, PAGE_BITS], 36);
  directory.writeBigUInt64BE(source.readBigUInt64LE(text + 40), 64);
  directory.writeBigUInt64BE(source.readBigUInt64LE(text + 48), 72);
  directory.writeBigUInt64BE(CS_EXECSEG_MAIN_BINARY, 80);
  directory.write(identifier, CODE_DIRECTORY_SIZE);
  for (let page = 0; page < pages; page++) {
    const content = signed.subarray(page << PAGE_BITS, Math.min((page + 1) << PAGE_BITS, codeLimit));
    createHash('sha256')
      .update(content)
      .digest()
      .copy(directory, hashOffset + page * HASH_SIZE);
  }
  return signed;
}
