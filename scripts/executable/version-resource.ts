import { NtExecutable, NtExecutableResource, Resource } from 'resedit';

/** What Windows shows of a program: its languages are US English, its texts Unicode. */
const LANGUAGE = { lang: 1033, codepage: 1200 };

const RT_ICON = 3;
const RT_GROUP_ICON = 14;

export interface ProgramInfo {
  name: string;
  /** `major.minor.patch`. */
  version: string;
  description: string;
  copyright: string;
}

/**
 * Makes a Windows executable say what it is, in place of Node, and takes off the icon, which is Node's, and the signature,
 * which would be of another program.
 */
export function setVersionResource(
  bytes: Uint8Array,
  { name, version, description, copyright }: ProgramInfo,
): Uint8Array {
  const executable = NtExecutable.from(bytes, { ignoreCert: true });
  const resources = NtExecutableResource.from(executable);
  const [info] = Resource.VersionInfo.fromEntries(resources.entries);
  if (!info) throw new Error('this executable has no version resource');
  for (const language of info.getAllLanguagesForStringValues()) info.removeAllStringValues(language);
  const [major, minor, patch] = version.split('.').map(Number.parseInt) as [number, number, number];
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
  resources.outputResource(executable);
  return new Uint8Array(executable.generate());
}
