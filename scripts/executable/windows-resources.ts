import { Data, NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { iconPng } from './icon.ts';

/** US English, Unicode. */
const LANGUAGE = { lang: 1033, codepage: 1200 };

const RT_ICON = 3;
const RT_GROUP_ICON = 14;
/** The icon sizes that Windows uses, in pixels. */
const ICON_SIZES = [16, 24, 32, 48, 64, 128, 256];

export interface ProgramInfo {
  name: string;
  /** `major.minor.patch`. */
  version: string;
  description: string;
  copyright: string;
}

/**
 * Replaces Node's name, version and icon in a Windows executable with the program's, and removes Node's signature. Must run
 * before the program is injected, which adds to the resources.
 */
export function setResources(bytes: Uint8Array, { name, version, description, copyright }: ProgramInfo): Uint8Array {
  const executable = NtExecutable.from(bytes, { ignoreCert: true });
  const resources = NtExecutableResource.from(executable);
  const [info] = Resource.VersionInfo.fromEntries(resources.entries);
  if (!info) throw new Error('the executable has no version resource');
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
  // Remove Node's icon.
  resources.entries = resources.entries.filter(({ type }) => type !== RT_ICON && type !== RT_GROUP_ICON);
  const icons = ICON_SIZES.map((size) => new Data.RawIconItem(iconPng(size), size, size, 32));
  Resource.IconGroupEntry.replaceIconsForResource(resources.entries, 1, LANGUAGE.lang, icons);
  resources.outputResource(executable);
  return new Uint8Array(executable.generate());
}

/** Updates the checksum of a Windows executable, which injecting the program does not do. */
export function withChecksum(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(NtExecutable.from(bytes).generate());
}
