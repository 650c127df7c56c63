import { addressSpaceLimit } from '../../address-space.ts';
import { EmnistError } from '../../errors.ts';
import { nodeError, noMemory } from '../../node-errors.ts';

const PAGE = 65536;
/** Addresses are aligned to cache lines. */
const ALIGNMENT = 64;
/** 2 GiB. */
const MAXIMUM_PAGES = 32768;

/**
 * The memory that all threads share, with a simple allocator: first fit over a sorted list of free ranges. It grows on
 * demand and never shrinks; buffers are few and live as long as a network.
 */
export class EngineMemory {
  readonly memory: WebAssembly.Memory;
  readonly #free: { start: number; end: number }[] = [];
  readonly #sizes = new Map<number, number>();
  #end = 0;

  /** Throws `system-limit` if there is not enough memory. */
  constructor() {
    try {
      this.memory = new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES, shared: true });
    } catch (error) {
      throw nodeError(error) ?? error;
    }
  }

  /** Reserves the addresses below `base` for the module's own constants. */
  reserve(base: number): void {
    this.#end = roundUp(base, ALIGNMENT);
  }

  /** Address of `bytes` zeroed bytes. */
  allocate(bytes: number): number {
    const size = Math.max(roundUp(bytes, ALIGNMENT), ALIGNMENT);
    const index = this.#free.findIndex(({ start, end }) => end - start >= size);
    let address: number;
    if (index >= 0) {
      const range = this.#free[index]!;
      address = range.start;
      range.start += size;
      if (range.start === range.end) this.#free.splice(index, 1);
      this.bytes(address, size).fill(0);
    } else {
      // Memory that was never used is zero, and takes up no RAM yet.
      address = this.#end;
      this.#growTo(address + size);
      this.#end += size;
    }
    this.#sizes.set(address, size);
    return address;
  }

  /** Frees what `allocate` returned. */
  release(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) throw new RangeError(`nothing was allocated at ${address}`);
    this.#sizes.delete(address);
    const next = this.#free.findIndex(({ start }) => start > address);
    const index = next < 0 ? this.#free.length : next;
    this.#free.splice(index, 0, { start: address, end: address + size });
    this.#merge(index);
    if (index > 0) this.#merge(index - 1);
  }

  /** Calls `make` and, if it throws, frees everything that it allocated. */
  allOrNothing<T>(make: () => T): T {
    const before = new Set(this.#sizes.keys());
    try {
      return make();
    } catch (error) {
      for (const address of [...this.#sizes.keys()]) if (!before.has(address)) this.release(address);
      throw error;
    }
  }

  /** Bytes in use. */
  get used(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }

  #merge(index: number): void {
    const range = this.#free[index]!;
    const next = this.#free[index + 1];
    if (next?.start !== range.end) return;
    range.end = next.end;
    this.#free.splice(index + 1, 1);
  }

  #growTo(end: number): void {
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE);
    if (missing <= 0) return;
    try {
      this.memory.grow(missing);
    } catch (cause) {
      if (addressSpaceLimit() !== null) throw noMemory(cause);
      const mebibytes = Math.ceil(end / 2 ** 20);
      throw new EmnistError(
        'out-of-memory',
        `the network needs more memory than is available (${mebibytes} MiB)`,
        { mebibytes },
        { cause },
      );
    }
  }
}

/** The next multiple of `multiple`. */
export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
