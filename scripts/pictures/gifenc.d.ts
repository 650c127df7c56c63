/** The part of gifenc that is used here. The package has no types, and Node sees only its default export. */
declare module 'gifenc' {
  export type Palette = number[][];

  export interface FrameOptions {
    /** Required for the first frame, whose palette all frames share. */
    palette?: Palette;
    /** Milliseconds, in steps of 10. */
    delay?: number;
    transparent?: boolean;
    transparentIndex?: number;
    /** 1 leaves the frame in place under the next one. */
    dispose?: number;
  }

  export interface Encoder {
    writeFrame(pixels: Uint8Array, width: number, height: number, options?: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array;
  }

  const gifenc: {
    GIFEncoder(): Encoder;
    /** `rgba` has 4 bytes per pixel. */
    quantize(rgba: Uint8Array, maxColors: number): Palette;
    /** The index of the palette's nearest color for each pixel. */
    applyPalette(rgba: Uint8Array, palette: Palette): Uint8Array;
  };
  export default gifenc;
}
