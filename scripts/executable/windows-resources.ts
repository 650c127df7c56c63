import { Data, NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { iconPng } from './icon.ts';

/** What Windows shows of a program: its languages are US English, its texts Unicode. */
const LANGUAGE = { lang: 1033, codepage: 1200 };

const RT_ICON = 3;
const RT_GROUP_ICON = 14;
/** The sides that Windows asks for, in pixels, from lists to large tiles. */
const ICON_SIZES = [16, 24, 32, 48, 64, 128, 256];

export interface ProgramInfo {
  name: string;
  /** `major.minor.patch`. */
  version: string;
  description: string;
  copyright: string;
}

/**
 * Makes a Windows executable say and show what it is, in place of Node, and takes off the signature, which would be of
 * another program. To be done before a program is put in, which adds to the resources.
 */
export function setResources(bytes: Uint8Array, { name, version, description, copyright }: ProgramInfo): Uint8Array {
  const executable = NtExecutable.from(bytes, { ignoreCert: true });
  const resources = NtExecutableResource.from(executable);
  const [info] = Resource.VersionInfo.fromEntries(resources.entries);
  if (!info) throw new Error('this executable has no version resource');
  for (const language of info.getAllLanguagesForStringValues()) info.removeAllStringValues(language);
  const [major, minor, patch] = version.split('.').map((part) => Number.parseInt(part, 10)) as [number, number, number];
  info.setFileVersion(major, minor, patch, 0, LANGUAGE.lang);
  info.setProductVersion(major, minor, patch, 0, LANGUAGE.lang);
  info.setStringValues(LANGUAGE, {
    ProductName: name,
    FileDescription: description,
    FileVersion: version,
    ProductVersion: version,
    OriginalFilename: `${name}.exe`,
    InternalName: name,
    LegalCopyright: copyright,
  });
  info.outputToResourceEntries(resources.entries);
  // Node's mark is Node's.
  resources.entries = resources.entries.filter(({ type }) => type !== RT_ICON && type !== RT_GROUP_ICON);
  const icons = ICON_SIZES.map((size) => new Data.RawIconItem(iconPng(size), size, size, 32));
  Resource.IconGroupEntry.replaceIconsForResource(resources.entries, 1, LANGUAGE.lang, icons);
  resources.outputResource(executable);
  return new Uint8Array(executable.generate());
}

/** A Windows executable with the checksum of what it holds, which Node leaves as it was when it puts a program in. */
export function withChecksum(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(NtExecutable.from(bytes).generate());
}
