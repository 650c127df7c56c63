import { roundUp } from './engine-memory.ts';
import type { Tensor } from './execution-plan.ts';
import { clearUpperHalves } from './kernel-build.ts';
import {
  PHASE_CHUNKS,
  PHASE_IMAGES,
  PHASE_IMAGES_PER_CHUNK,
  PHASE_IMAGES_PER_PASS,
  PHASE_LIST,
  PHASE_OPERATIONS,
  PHASE_SCRATCH,
  PHASE_SCRATCH_STRIDE,
  PHASE_SLICES,
  SCRATCH_HEAD,
  VIEW_BASE,
  VIEW_IMAGE,
  VIEW_LOCAL,
  VIEW_ROW,
} from './kernels/layout.ts';
import type { ThreadPool } from './thread-pool.ts';

const OPERATION_BYTES = 192;

/** Where the images of a tensor are: address of the first value of the first image, and strides in bytes. */
export interface View {
  readonly base: number;
  readonly image: number;
  readonly row: number;
  /** Whether the images are in scratch memory, which holds those of one pass only; the base is an offset then. */
  readonly local: boolean;
}

/** Fields of an operation or phase by their byte offsets. */
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

/**
 * For a tensor with a border of zeros: bytes in an image and in a row, and the offset of the first value inside the
 * border.
 */
export function tensorBytes(tensor: Tensor, border: number): { image: number; row: number; start: number } {
  const pixel = tensor.padded * 4;
  const row = (tensor.width + 2 * border) * pixel;
  // Winograd's last tiles read another row, and a pixel of the next, if the size is odd.
  const slack = tensor.slack ? row + pixel : 0;
  // A whole vector may be read at the last value, but nothing past the image.
  const image = roundUp((tensor.height + 2 * border) * row + slack, 16);
  return { image, row, start: border * (row + pixel) };
}

/** Operations that all threads finish before the next phase starts, split into chunks of images or a fixed number. */
export interface Phase {
  readonly name: string;
  readonly address: number;
  readonly imagesPerChunk: number;
  readonly slices: number;
  /** Number of chunks, or 0 if they are chunks of images. */
  readonly chunks: number;
}

/** Operations and phases in the engine's memory, and the buffers they use. */
export class KernelProgram {
  readonly pool: ThreadPool;
  readonly #addresses: number[] = [];
  readonly #phases: Phase[] = [];
  #scratch = 0;
  #local = SCRATCH_HEAD;
  #maxLocal = SCRATCH_HEAD;

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

  /** Like `local`, for plain bytes. Returns their offset in scratch memory. */
  localBytes(bytes: number): number {
    const base = this.workspace(bytes);
    this.#local += roundUp(bytes, 64);
    return base;
  }

  /** Offset of scratch memory for the duration of an operation; other operations share it. */
  workspace(bytes: number): number {
    this.#maxLocal = Math.max(this.#maxLocal, this.#local + roundUp(bytes, 64));
    return this.#local;
  }

  /** Frees all local buffers, as a new phase starts. */
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
   * A phase over chunks of images. `slices` chunks share the same images and compute different parts of the output. A
   * chunk takes `imagesPerPass` of its images through all operations at a time.
   */
  imagePhase(
    name: string,
    imagesPerChunk: number,
    slices: number,
    operations: readonly number[],
    imagesPerPass = imagesPerChunk,
  ): Phase {
    return this.#phase({ name, imagesPerChunk, slices, chunks: 0 }, operations, imagesPerPass);
  }

  /** A phase of a fixed number of chunks, whose operations derive their part from the chunk's number. */
  fixedPhase(name: string, chunks: number, operations: readonly number[]): Phase {
    return this.#phase({ name, imagesPerChunk: 0, slices: 1, chunks }, operations);
  }

  #phase(settings: Omit<Phase, 'address'>, operations: readonly number[], imagesPerPass = 0): Phase {
    const address = this.allocate(PHASE_LIST + operations.length * 4);
    this.#write(address, {
      [PHASE_IMAGES_PER_CHUNK]: settings.imagesPerChunk,
      [PHASE_IMAGES_PER_PASS]: imagesPerPass,
      [PHASE_SLICES]: settings.slices,
      [PHASE_OPERATIONS]: operations.length,
      ...Object.fromEntries(operations.map((operation, index) => [PHASE_LIST + index * 4, operation])),
    });
    const phase = { ...settings, address };
    this.#phases.push(phase);
    return phase;
  }

  /** Allocates the threads' scratch memory. Call it once the program is complete. */
  finish(): void {
    const stride = roundUp(this.#maxLocal, 4096);
    this.#scratch = this.allocate(stride * this.pool.threads);
    for (const { address } of this.#phases) {
      this.#write(address, { [PHASE_SCRATCH]: this.#scratch, [PHASE_SCRATCH_STRIDE]: stride });
    }
  }

  /** Runs phases in succession on `images` images. */
  run(phases: readonly Phase[], images: number): void {
    for (const { address, imagesPerChunk, slices, chunks } of phases) {
      const count = chunks || Math.ceil(images / imagesPerChunk) * slices;
      this.#write(address, { [PHASE_CHUNKS]: count, [PHASE_IMAGES]: images });
      this.pool.run(address);
    }
    clearUpperHalves();
  }

  #write(address: number, fields: Fields): void {
    for (const [offset, value] of Object.entries(fields)) {
      this.pool.memory.words(address + Number(offset), 1)[0] = value;
    }
  }

  /** Frees all buffers, operations and phases. */
  release(): void {
    for (const address of this.#addresses.splice(0)) this.pool.memory.release(address);
  }
}
