import { roundUp } from '../../../src/core/engine/wasm/engine-memory.ts';
import type { Tensor } from '../../../src/core/engine/wasm/execution-plan.ts';
import { KernelProgram, tensorBytes, type View } from '../../../src/core/engine/wasm/kernel-program.ts';
import { COLUMNS } from '../../../src/core/engine/wasm/kernels/layout.ts';
import { gradientCopyOperation } from '../../../src/core/engine/wasm/layer-step.ts';
import type { ThreadPool } from '../../../src/core/engine/wasm/thread-pool.ts';
import type { Shape } from '../../../src/core/model/layer.ts';
import { elements } from '../../../src/core/model/network.ts';
import { type Image, sizeOf } from './layer-formulas.ts';

/** How `OperationRunner` runs operations. */
export interface RunSettings {
  images: number;
  imagesPerChunk: number;
  imagesPerPass: number;
  slices?: number;
  /** Whether all tensors are in scratch memory while the operations run. */
  local?: boolean;
}

/** A tensor for images of a shape. */
export function tensorOf(shape: Shape, border = 0, padded = roundUp(shape.at(-1)!, COLUMNS)): Tensor {
  const [height, width, channels] = sizeOf(shape);
  return { height, width, channels, padded, border, slack: false };
}

/** Runs single operations of the kernels. */
export class OperationRunner {
  readonly pool: ThreadPool;
  readonly program: KernelProgram;
  readonly #settings: RunSettings;
  readonly #before: number[] = [];
  readonly #after: number[] = [];

  constructor(pool: ThreadPool, settings: RunSettings) {
    this.pool = pool;
    this.program = new KernelProgram(pool);
    this.#settings = settings;
  }

  /** A view of images in a border of NaN, which operations must not read. Padding is 0. */
  input(tensor: Tensor, images: readonly Image[]): View {
    const view = this.#garbage(tensor);
    images.forEach((image, index) => {
      forEachValue(tensor, view, index, (at, element) => {
        this.#float(at)[0] = element === null ? 0 : image.data[element]!;
      });
    });
    return this.#inPass(tensor, view, this.#before, true);
  }

  /** A view for the results, full of NaN. */
  output(tensor: Tensor): { view: View; read: () => Image[] } {
    const view = this.#garbage(tensor);
    const shape: Shape = [tensor.height, tensor.width, tensor.channels];
    const read = () =>
      Array.from({ length: this.#settings.images }, (_, index) => {
        const data = new Float64Array(elements(shape));
        forEachValue(tensor, view, index, (at, element) => {
          const value = this.#float(at)[0]!;
          if (element !== null) data[element] = value;
          else if (value !== 0) throw new Error(`${value} in the padding`);
        });
        this.#checkBorder(tensor, view, index);
        return { shape, data };
      });
    return { view: this.#inPass(tensor, view, this.#after, false), read };
  }

  run(operations: readonly number[]): void {
    const { images, imagesPerChunk, imagesPerPass, slices = 1 } = this.#settings;
    const all = [...this.#before, ...operations, ...this.#after];
    const phase = this.program.imagePhase('test', imagesPerChunk, slices, all, imagesPerPass);
    this.program.finish();
    this.program.run([phase], images);
  }

  #garbage(tensor: Tensor): View {
    const view = this.program.global(tensor, this.#settings.images);
    const { image, start } = tensorBytes(tensor, tensor.border);
    this.pool.memory.floats(view.base - start, (image * this.#settings.images) / 4).fill(Number.NaN);
    return view;
  }

  /** With `local`, a view in scratch memory to which `view` is copied before the operations, or from which after them. */
  #inPass(tensor: Tensor, view: View, copies: number[], before: boolean): View {
    if (!this.#settings.local) return view;
    const local = this.program.local(tensor, this.#settings.imagesPerPass);
    const [from, to] = before ? [view, local] : [local, view];
    copies.push(gradientCopyOperation(this.program, tensor, from, to, before ? 0 : tensor.border));
    return local;
  }

  #checkBorder({ height, width, padded, border }: Tensor, view: View, image: number): void {
    for (let y = -border; y < height + border; y++)
      for (let x = -border; x < width + border; x++) {
        if (y >= 0 && y < height && x >= 0 && x < width) continue;
        const pixel = this.pool.memory.floats(view.base + image * view.image + y * view.row + x * padded * 4, padded);
        if (pixel.some((value) => value !== 0)) throw new Error(`the border at row ${y}, column ${x} is not 0`);
      }
  }

  #float(at: number): Float32Array {
    return this.pool.memory.floats(at, 1);
  }
}

/** Calls `each` with the address of each value of an image and its index, or null in the padding. */
function forEachValue(
  { height, width, channels, padded }: Tensor,
  view: View,
  image: number,
  each: (at: number, element: number | null) => void,
): void {
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < padded; c++) {
        const at = view.base + image * view.image + y * view.row + (x * padded + c) * 4;
        each(at, c < channels ? (y * width + x) * channels + c : null);
      }
}
