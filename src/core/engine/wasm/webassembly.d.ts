/** The part of the WebAssembly JavaScript API that the engine uses; neither `es2024` nor Node's types declare it. */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    initial: number;
    maximum?: number;
    shared?: boolean;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    /** As long as the memory was when this was read; it does not grow with it. */
    readonly buffer: SharedArrayBuffer;
    /** Grows by pages of 64 KiB. Returns the previous number of pages. */
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, Memory>>);
    readonly exports: object;
  }
  class CompileError extends Error {}
  function validate(bytes: Uint8Array): boolean;
}
