/**
 * Reads a Windows executable by the specification, independently of the library that wrote it:
 * https://learn.microsoft.com/en-us/windows/win32/debug/pe-format
 */
export interface PortableExecutable {
  machine: number;
  subsystem: number;
  checksum: number;
  /** The correct checksum. */
  computedChecksum: number;
  /** Size of the Authenticode signature in bytes. */
  certificates: number;
  resources: Resource[];
}

export interface Resource {
  type: number | string;
  name: number | string;
  language: number | string;
  bytes: Buffer;
}

interface Section {
  memory: number;
  memorySize: number;
  start: number;
  size: number;
}

const RESOURCES = 2;
const CERTIFICATES = 4;

/** Throws if the Windows loader would reject the layout of the sections. */
export function readPe(file: Buffer): PortableExecutable {
  const signature = file.readUInt32LE(0x3c);
  if (file.toString('latin1', signature, signature + 4) !== 'PE\0\0') throw new Error('no PE file');
  const header = file.subarray(signature + 4);
  const optional = header.subarray(20);
  if (optional.readUInt16LE(0) !== 0x20b) throw new Error('no 64-bit PE file');
  const directory = (index: number) => [112, 116].map((offset) => optional.readUInt32LE(offset + 8 * index));
  const sections = Array.from({ length: header.readUInt16LE(2) }, (_, index): Section => {
    const entry = optional.subarray(header.readUInt16LE(16) + 40 * index);
    const [memorySize, memory, size, start] = [8, 12, 16, 20].map((offset) => entry.readUInt32LE(offset));
    return { memorySize: memorySize!, memory: memory!, size: size!, start: start! };
  });
  checkSections(file, sections, optional);
  const [resourcesAt] = directory(RESOURCES);
  return {
    machine: header.readUInt16LE(0),
    subsystem: optional.readUInt16LE(68),
    checksum: optional.readUInt32LE(64),
    computedChecksum: checksum(file, signature + 24 + 64),
    certificates: directory(CERTIFICATES)[1]!,
    resources: [...readResources(file, sections, resourcesAt!)],
  };
}

/** Sections must be contiguous in memory; in the file they must not overlap and must end with it. */
function checkSections(file: Buffer, sections: readonly Section[], optional: Buffer): void {
  const page = optional.readUInt32LE(32);
  let memory = sections[0]!.memory;
  let end = optional.readUInt32LE(60);
  for (const section of sections) {
    if (section.memory !== memory) throw new Error(`a section is at ${section.memory}, not ${memory}`);
    memory = Math.ceil((memory + section.memorySize) / page) * page;
    if (section.start < end) throw new Error(`a section starts at ${section.start}, before the end of another`);
    end = section.start + section.size;
  }
  if (optional.readUInt32LE(56) !== memory) throw new Error(`the image does not end at ${memory}`);
  if (end !== file.length) throw new Error(`the sections end at ${end}, the file at ${file.length}`);
}

/** The sum of all 16-bit words but the checksum's own, carries added back in, plus the length. */
function checksum(file: Buffer, at: number): number {
  let sum = 0;
  for (let offset = 0; offset < file.length; offset += 2) {
    if (offset === at || offset === at + 2) continue;
    sum += offset + 1 < file.length ? file.readUInt16LE(offset) : file[offset]!;
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  return sum + file.length;
}

function* readResources(file: Buffer, sections: readonly Section[], root: number): Generator<Resource> {
  const place = (address: number) => {
    const section = sections.find(({ memory, memorySize }) => address >= memory && address < memory + memorySize);
    if (!section) throw new Error(`no section at ${address}`);
    return section.start + address - section.memory;
  };
  const start = place(root);
  function* walk(offset: number, path: readonly (number | string)[]): Generator<Resource> {
    const table = start + offset;
    const count = file.readUInt16LE(table + 12) + file.readUInt16LE(table + 14);
    for (let entry = table + 16; entry < table + 16 + 8 * count; entry += 8) {
      const [id, target] = [file.readUInt32LE(entry), file.readUInt32LE(entry + 4)];
      const here = [...path, id >= 0x8000_0000 ? name(start + (id & 0x7fff_ffff)) : id];
      if (target >= 0x8000_0000) yield* walk(target & 0x7fff_ffff, here);
      else {
        const at = place(file.readUInt32LE(start + target));
        const [type, named, language] = here as [Resource['type'], Resource['name'], Resource['language']];
        yield { type, name: named, language, bytes: file.subarray(at, at + file.readUInt32LE(start + target + 4)) };
      }
    }
  }
  const name = (at: number) => file.toString('utf16le', at + 2, at + 2 + 2 * file.readUInt16LE(at));
  yield* walk(0, []);
}

/** The numbers and strings of a version resource. https://learn.microsoft.com/en-us/windows/win32/menurc/vs-versioninfo */
export function readVersion(resource: Buffer) {
  const texts: Record<string, string> = {};
  let fixed: Buffer | undefined;
  /** A block: length, value length, type, key, value, child blocks; aligned to four bytes. */
  function walk(at: number, depth: number): number {
    const end = at + resource.readUInt16LE(at);
    const aligned = (offset: number) => (offset + 3) & ~3;
    let keyEnd = at + 6;
    while (resource.readUInt16LE(keyEnd) !== 0) keyEnd += 2;
    const key = resource.toString('utf16le', at + 6, keyEnd);
    const value = aligned(keyEnd + 2);
    const unit = resource.readUInt16LE(at + 4) === 1 ? 2 : 1;
    const valueEnd = value + unit * resource.readUInt16LE(at + 2);
    if (depth === 0) fixed = resource.subarray(value, valueEnd);
    if (depth === 3) texts[key] = resource.toString('utf16le', value, valueEnd).replace(/\0$/, '');
    if (key !== 'VarFileInfo')
      for (let child = aligned(valueEnd); child < end; child = aligned(walk(child, depth + 1)));
    return end;
  }
  walk(0, 0);
  const parts = (offset: number) => [2, 0, 6, 4].map((half) => fixed!.readUInt16LE(offset + half)).join('.');
  return { texts, fileVersion: parts(8), productVersion: parts(16) };
}
