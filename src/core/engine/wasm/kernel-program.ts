import { roundUp } from './engine-memory.ts';
import {
  SCRATCH_HEAD,
  SEGMENT_CHUNKS,
  SEGMENT_IMAGES,
  SEGMENT_IMAGES_PER_CHUNK,
  SEGMENT_IMAGES_PER_PASS,
  SEGMENT_LIST,
  SEGMENT_OPERATIONS,
  SEGMENT_SCRATCH,
  SEGMENT_SCRATCH_STRIDE,
  SEGMENT_SPLITS,
  VIEW_BASE,
  VIEW_IMAGE,
  VIEW_LOCAL,
  VIEW_ROW,
} from './kernels/layout.ts';
import type { Tensor } from './steps.ts';
import type { ThreadPool } from './thread-pool.ts';

const OPERATION_BYTES = 128;

/** Where the images of a tensor lie: the first value of the first one, strides in bytes. */
export interface View {
  readonly base: number;
  readonly image: number;
  readonly row: number;
  /** In the memory of the thread that works on it, which holds a chunk's images only. */
  readonly local: boolean;
}

/** Fields of an operation or segment, by their byte offsets. */
export type Fields = Record<number, number>;

/** The fields of a view that starts at `offset` of an operation. */
export function viewFields(offset: number, view: View): Fields {
  return {
    [offset + VIEW_BASE]: view.base,
    [offset + VIEW_IMAGE]: view.image,
    [offset + VIEW_ROW]: view.row,
    [offset + VIEW_LOCAL]: view.local ? 1 : 0,
  };
}

/** Bytes of one image of a tensor with a border of zeros, and its row. */
export function tensorBytes(tensor: Tensor, border: number): { image: number; row: number; start: number } {
  const pixel = tensor.padded * 4;
  const row = (tensor.width + 2 * border) * pixel;
  // What Winograd's last tiles read beyond an odd size: a row, and of the next one a pixel.
  const slack = tensor.slack ? row + pixel : 0;
  // Whole vectors may be read beyond the last value, never beyond the image.
  const image = roundUp((tensor.height + 2 * border) * row + slack, 16);
  return { image, row, start: border * (row + pixel) };
}

/** Something that all threads do together before they go on: chunks of images, or a fixed number of chunks. */
export interface Segment {
  readonly name: string;
  readonly address: number;
  readonly imagesPerChunk: number;
  readonly splits: number;
  /** 0: the chunks are groups of images. */
  readonly chunks: number;
}

/** Operations and segments in the engine's memory, and the buffers that they use. */
export class KernelProgram {
  readonly pool: ThreadPool;
  readonly #addresses: number[] = [];
  readonly #segments: Segment[] = [];
  #scratch = 0;
  #local = SCRATCH_HEAD;
  #mostLocal = SCRATCH_HEAD;

  constructor(pool: ThreadPool) {
    this.pool = pool;
  }

  /** Address of zeroed bytes that live as long as the program. */
  allocate(bytes: number): number {
    const address = this.pool.memory.allocate(bytes);
    this.#addresses.push(address);
    return address;
  }

  /** A buffer for all images of a tensor. */
  global(tensor: Tensor, images: number, border = tensor.border): View {
    const { image, row, start } = tensorBytes(tensor, border);
    return { base: this.allocate(images * image) + start, image, row, local: false };
  }

  /** A buffer for a chunk's images in each thread's own memory, until the next `forgetLocal`. */
  local(tensor: Tensor, images: number, border = tensor.border): View {
    const { image, row, start } = tensorBytes(tensor, border);
    return { base: this.localBytes(images * image) + start, image, row, local: true };
  }

  /** The same for plain bytes: the offset in the thread's memory. */
  localBytes(bytes: number): number {
    const base = this.workspace(bytes);
    this.#local += roundUp(bytes, 64);
    return base;
  }

  /** Memory of the thread that holds nothing beyond one operation; others may get the same. */
  workspace(bytes: number): number {
    this.#mostLocal = Math.max(this.#mostLocal, this.#local + roundUp(bytes, 64));
    return this.#local;
  }

  /** The threads' own memory is free again: a new segment begins. */
  forgetLocal(): void {
    this.#local = SCRATCH_HEAD;
  }

  /** Writes an operation; numbers in `floats` are stored as f32. Returns its address. */
  operation(code: number, fields: Fields, floats: Fields = {}): number {
    const address = this.allocate(OPERATION_BYTES);
    this.#write(address, { 0: code, ...fields });
    for (const [offset, value] of Object.entries(floats)) {
      this.pool.memory.floats(address + Number(offset), 1)[0] = value;
    }
    return address;
  }

  /**
   * A segment over groups of images; `splits` chunks share a group's images. A chunk takes `imagesPerPass` of its images
   * through all operations at a time.
   */
  imageSegment(
    name: string,
    imagesPerChunk: number,
    splits: number,
    operations: readonly number[],
    imagesPerPass = imagesPerChunk,
  ): Segment {
    return this.#segment({ name, imagesPerChunk, splits, chunks: 0 }, operations, imagesPerPass);
  }

  /** A segment of a fixed number of chunks, whose operations take their part by the chunk's number. */
  fixedSegment(name: string, chunks: number, operations: readonly number[]): Segment {
    return this.#segment({ name, imagesPerChunk: 0, splits: 1, chunks }, operations);
  }

  #segment(settings: Omit<Segment, 'address'>, operations: readonly number[], imagesPerPass = 0): Segment {
    const address = this.allocate(SEGMENT_LIST + operations.length * 4);
    this.#write(address, {
      [SEGMENT_IMAGES_PER_CHUNK]: settings.imagesPerChunk,
      [SEGMENT_IMAGES_PER_PASS]: imagesPerPass,
      [SEGMENT_SPLITS]: settings.splits,
      [SEGMENT_OPERATIONS]: operations.length,
      ...Object.fromEntries(operations.map((operation, index) => [SEGMENT_LIST + index * 4, operation])),
    });
    const segment = { ...settings, address };
    this.#segments.push(segment);
    return segment;
  }

  /** Gives the threads their memory; the program is complete. */
  finish(): void {
    const stride = roundUp(this.#mostLocal, 4096);
    this.#scratch = this.allocate(stride * this.pool.threads);
    for (const { address } of this.#segments) {
      this.#write(address, { [SEGMENT_SCRATCH]: this.#scratch, [SEGMENT_SCRATCH_STRIDE]: stride });
    }
  }

  /** Runs segments, one after the other, for a number of images. */
  run(segments: readonly Segment[], images: number): void {
    for (const { address, imagesPerChunk, splits, chunks } of segments) {
      const count = chunks || Math.ceil(images / imagesPerChunk) * splits;
      this.#write(address, { [SEGMENT_CHUNKS]: count, [SEGMENT_IMAGES]: images });
      this.pool.run(address);
    }
  }

  #write(address: number, fields: Fields): void {
    for (const [offset, value] of Object.entries(fields)) {
      this.pool.memory.words(address + Number(offset), 1)[0] = value;
    }
  }

  release(): void {
    for (const address of this.#addresses.splice(0)) this.pool.memory.release(address);
  }
}
