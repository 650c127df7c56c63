/** The pixels of a decoded picture. */
export interface Rgba {
  width: number;
  height: number;
  /** [height, width, 4] bytes: red, green, blue, alpha (255 is opaque). */
  data: Uint8Array;
}

/** The header of a picture, read without decoding it. */
export interface PictureHeader {
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8: 1 is upright, 6 must be turned a quarter clockwise (EXIF 2.32, 4.6.4). */
  orientation: number;
  /** No complete file of this many pixels is smaller, in bytes. */
  leastBytes: number;
}

/** A file format of pictures. */
export interface PictureFormat {
  readonly name: string;
  /** Whether a file that starts with these bytes has this format. */
  matches(head: Buffer): boolean;
  /** Reads the header; null where the file ends within it or makes no sense. Throws `Unsupported` for rare variants. */
  readHeader(bytes: Buffer): PictureHeader | null;
  /** Decodes the first image of a file. Throws any error if it is damaged, and `Unsupported` for rare variants. */
  decode(bytes: Buffer): Rgba | Promise<Rgba>;
}

/** Thrown for a valid picture that cannot be read; `kind` names it, as in "a TIFF picture with JPEG compression". */
export class Unsupported extends Error {
  readonly kind: string;

  constructor(kind: string) {
    super(`${kind} is not supported`);
    this.kind = kind;
  }
}

/** An opaque RGBA picture with the same value in all three colors. `grayOf` maps pixel numbers to 0..255. */
export function grayToRgba(width: number, height: number, grayOf: (index: number) => number): Rgba {
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) data.fill(grayOf(i), 4 * i, 4 * i + 3)[4 * i + 3] = 255;
  return { width, height, data };
}
