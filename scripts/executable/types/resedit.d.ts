/** What is used of `resedit`, whose own types bring those of browsers into the whole project. */
export interface StringLanguage {
  lang: number;
  codepage: number;
}
export class NtExecutable {
  static from(bytes: Uint8Array, options?: { ignoreCert?: boolean }): NtExecutable;
  generate(): ArrayBuffer;
}
export interface ResourceEntry {
  type: string | number;
  id: string | number;
  bin: ArrayBuffer;
}
export class NtExecutableResource {
  static from(executable: NtExecutable): NtExecutableResource;
  entries: ResourceEntry[];
  outputResource(executable: NtExecutable): void;
}
export namespace Data {
  /** An icon as a PNG, which Windows has read since Vista. */
  export class RawIconItem {
    constructor(png: Uint8Array, width: number, height: number, bitCount: number);
  }
}
export namespace Resource {
  export const IconGroupEntry: {
    replaceIconsForResource(
      entries: ResourceEntry[],
      group: number,
      lang: number,
      icons: readonly Data.RawIconItem[],
    ): void;
  };
  export class VersionInfo {
    static fromEntries(entries: readonly ResourceEntry[]): VersionInfo[];
    getAllLanguagesForStringValues(): StringLanguage[];
    getStringValues(language: StringLanguage): Record<string, string>;
    removeAllStringValues(language: StringLanguage): void;
    setStringValues(language: StringLanguage, values: Record<string, string>): void;
    setFileVersion(major: number, minor: number, patch: number, build: number, lang: number): void;
    setProductVersion(major: number, minor: number, patch: number, build: number, lang: number): void;
    outputToResourceEntries(entries: ResourceEntry[]): void;
  }
}
