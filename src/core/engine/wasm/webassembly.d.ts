/** What the engine uses of the WebAssembly JavaScript interface; neither `es2024` nor Node's types declare it. */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    initial: number;
    maximum?: number;
    shared?: boolean;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    /** Of a shared memory, always as long as the memory was when it was read. */
    readonly buffer: SharedArrayBuffer;
    /** Pages of 64 KiB; returns how many there were. */
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, Memory>>);
    readonly exports: object;
  }
  function validate(bytes: Uint8Array): boolean;
}
