import * as k from './kernels/layout.ts';
import {
  inputOperation,
  linearOperation,
  normOperation,
  packedBytes,
  packForward,
  postOperation,
} from './operations.ts';
import type { Parameters } from './parameters.ts';
import type { ThreadPool } from './pool.ts';
import { firstForwardOperation } from './pooled.ts';
import { Program, type Segment, tensorBytes, type View } from './program.ts';
import { type PostStep, postShape, type Step, type Tensor } from './steps.ts';

/** Images that one thread takes through the whole network at a time: two register tiles of a dense layer. */
const IMAGES_PER_CHUNK = 12;
const CHUNKS_PER_THREAD = 8;

/**
 * Forward passes. A thread takes a few images through all layers in its own memory, so that nothing but the weights and
 * the images has to come from outside the cache.
 */
export class Inference {
  readonly #program: Program;
  readonly #prepare: Segment[] = [];
  readonly #forward: Segment;
  readonly #capacity: number;
  readonly #images: number;
  readonly #imageBytes: number;
  readonly #logits: View;
  readonly #output: Tensor;

  constructor(
    pool: ThreadPool,
    network: { input: Tensor; output: Tensor; steps: readonly Step[] },
    parameters: Parameters,
  ) {
    const { input, output, steps } = network;
    const program = new Program(pool);
    this.#program = program;
    this.#output = output;
    this.#capacity = IMAGES_PER_CHUNK * CHUNKS_PER_THREAD * pool.threads;
    this.#imageBytes = input.height * input.width * input.channels;
    this.#images = program.allocate(this.#capacity * this.#imageBytes);
    this.#logits = program.global(output, this.#capacity);

    // Only a step's input and output are alive at a time: two buffers, used in turn.
    const isFirst = (step: Step) => step.kind === 'linear' && step.pooled?.kind === 'first';
    const tensors = [
      input,
      ...steps.filter((step) => step.kind !== 'dropout' && !isFirst(step)).map((step) => (step as PostStep).to),
    ];
    const size = Math.max(...tensors.map((tensor) => tensorBytes(tensor, tensor.border).image)) * IMAGES_PER_CHUNK;
    const buffers = [program.localBytes(size), program.localBytes(size)];
    const viewOf = (tensor: Tensor): View => {
      if (tensor === output) return this.#logits;
      const { image, row, start } = tensorBytes(tensor, tensor.border);
      return { base: buffers[tensors.indexOf(tensor) % 2]! + start, image, row, local: true };
    };
    const operations = [inputOperation(program, input, this.#images, viewOf(input), input.channels)];
    let skipped: Step | null = null;
    for (const step of steps) {
      if (step.kind === 'linear' && step.pooled?.kind === 'first') {
        const { post } = step.pooled;
        skipped = post;
        const buffers = { from: viewOf(step.from), to: viewOf(post.to), winners: 0 };
        operations.push(firstForwardOperation(program, parameters.linear.get(step)!, buffers));
      } else if (step.kind === 'linear') {
        const linear = parameters.linear.get(step)!;
        const packed = program.allocate(packedBytes(linear));
        const { operation, chunks } = packForward(program, linear, packed);
        this.#prepare.push(program.fixedSegment('pack', chunks, [operation]));
        operations.push(linearOperation(program, linear, packed, viewOf(step.from), viewOf(step.to)));
      } else if (step.kind === 'post' && step !== skipped) {
        const vectors = step.norm ? program.allocate(k.NORM_VECTORS * postShape(step).padded * 4) : 0;
        const buffers = { from: viewOf(step.from), to: viewOf(step.to), border: step.to.border, vectors };
        operations.push(postOperation(program, k.CODE_POST, step, buffers));
        if (!step.norm) continue;
        const norm = normOperation(program, k.CODE_NORM_INFERENCE, parameters.norm.get(step)!, vectors);
        this.#prepare.push(program.fixedSegment('normalisation', 1, [norm]));
      }
    }
    this.#forward = program.imageSegment('forward', IMAGES_PER_CHUNK, 1, operations);
    program.finish();
  }

  /** To be called after the weights changed. */
  prepare(): void {
    this.#program.run(this.#prepare, 1);
  }

  /** Logits, [n, classes], of images, [n, height, width, channels]. */
  predict(images: Uint8Array): Float32Array {
    const { memory } = this.#program.pool;
    const count = images.length / this.#imageBytes;
    const { channels } = this.#output;
    const logits = new Float32Array(count * channels);
    for (let first = 0; first < count; first += this.#capacity) {
      const size = Math.min(this.#capacity, count - first);
      const bytes = images.subarray(first * this.#imageBytes, (first + size) * this.#imageBytes);
      memory.bytes(this.#images, bytes.length).set(bytes);
      this.#program.run([this.#forward], size);
      for (let image = 0; image < size; image++) {
        const row = memory.floats(this.#logits.base + image * this.#logits.image, channels);
        logits.set(row, (first + image) * channels);
      }
    }
    return logits;
  }

  release(): void {
    this.#program.release();
  }
}
