import { roundUp } from './engine-memory.ts';
import type { Tensor } from './execution-plan.ts';
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
import type { ThreadPool } from './thread-pool.ts';

const OPERATION_BYTES = 128;

/** Where the images of a tensor are: address of the first value of the first image, and strides in bytes. */
export interface View {
  readonly base: number;
  readonly image: number;
  readonly row: number;
  /** Whether the images are in scratch memory, which holds those of one pass only; the base is an offset then. */
  readonly local: boolean;
}

/** Fields of an operation or segment by their byte offsets. */
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

/** Bytes in an image of a tensor with a border of zeros, bytes in a row, and the offset of the first value inside the border. */
export function tensorBytes(tensor: Tensor, border: number): { image: number; row: number; start: number } {
  const pixel = tensor.padded * 4;
  const row = (tensor.width + 2 * border) * pixel;
  // Winograd's last tiles read another row, and a pixel of the next, if the size is odd.
  const slack = tensor.slack ? row + pixel : 0;
  // A whole vector may be read at the last value, but nothing past the image.
  const image = roundUp((tensor.height + 2 * border) * row + slack, 16);
  return { image, row, start: border * (row + pixel) };
}

/** Operations that all threads finish before the next segment starts, split into chunks of images or a fixed number. */
export interface Segment {
  readonly name: string;
  readonly address: number;
  readonly imagesPerChunk: number;
  readonly splits: number;
  /** Number of chunks, or 0 if they are chunks of images. */
  readonly chunks: number;
}

/** Operations and segments in the engine's memory, and the buffers they use. */
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

  /** Address of zeroed bytes, which live as long as the program. */
  allocate(bytes: number): number {
    const address = this.pool.memory.allocate(bytes);
    this.#addresses.push(address);
    return address;
  }

  /** A buffer for a tensor of `images` images in shared memory. */
  global(tensor: Tensor, images: number, border = tensor.border): View {
    const { image, row, start } = tensorBytes(tensor, border);
    return { base: this.allocate(images * image) + start, image, row, local: false };
  }

  /** A buffer for a tensor of one pass in scratch memory, valid until the next `resetLocal`. */
  local(tensor: Tensor, images: number, border = tensor.border): View {
    const { image, row, start } = tensorBytes(tensor, border);
    return { base: this.localBytes(images * image) + start, image, row, local: true };
  }

  /** Likewise for plain bytes: their offset in scratch memory. */
  localBytes(bytes: number): number {
    const base = this.workspace(bytes);
    this.#local += roundUp(bytes, 64);
    return base;
  }

  /** Offset of scratch memory for the duration of an operation; other operations share it. */
  workspace(bytes: number): number {
    this.#mostLocal = Math.max(this.#mostLocal, this.#local + roundUp(bytes, 64));
    return this.#local;
  }

  /** Frees all local buffers, as a new segment starts. */
  resetLocal(): void {
    this.#local = SCRATCH_HEAD;
  }

  /** Writes an operation and returns its address. `floats`: fields that are f32. */
  operation(code: number, fields: Fields, floats: Fields = {}): number {
    const address = this.allocate(OPERATION_BYTES);
    this.#write(address, { 0: code, ...fields });
    for (const [offset, value] of Object.entries(floats)) {
      this.pool.memory.floats(address + Number(offset), 1)[0] = value;
    }
    return address;
  }

  /**
   * A segment over chunks of images. `splits` chunks share the same images and compute different parts of the output. A
   * chunk takes `imagesPerPass` of its images through all operations at a time.
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

  /** A segment of a fixed number of chunks, whose operations derive their part from the chunk's number. */
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

  /** Allocates the threads' scratch memory; to be called when the program is complete. */
  finish(): void {
    const stride = roundUp(this.#mostLocal, 4096);
    this.#scratch = this.allocate(stride * this.pool.threads);
    for (const { address } of this.#segments) {
      this.#write(address, { [SEGMENT_SCRATCH]: this.#scratch, [SEGMENT_SCRATCH_STRIDE]: stride });
    }
  }

  /** Runs segments in succession on `images` images. */
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
