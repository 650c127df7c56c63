import { compressedAsset, loadLibrary } from '../../asset.ts';
import type { Rgba } from './picture-format.ts';

/** Decoders that are compiled to WebAssembly: the name of the library and of its module in `dist`. */
type WasmDecoder = 'jpeg' | 'webp' | 'avif';

/** What the libraries have in common. Their types lack the first argument of `init`. */
interface Library {
  init(module: WebAssembly.Module, options: Record<'print' | 'printErr', (text: string) => void>): Promise<void>;
  default(bytes: Uint8Array): Promise<{ width: number; height: number; data: Uint8ClampedArray }>;
}

const modules = new Map<WasmDecoder, WebAssembly.Module>();

/**
 * Decodes a file with one of the decoders of jSquash, which are built from the reference implementations. Each call
 * starts a new instance: its memory would never shrink, and one that failed cannot be used again. Throws if the library
 * prints a warning that matches `fatal`.
 */
export async function decodeWithWasm(name: WasmDecoder, bytes: Buffer, fatal?: RegExp): Promise<Rgba> {
  const { init, default: decode } = (await loadLibrary(name)) as unknown as Library;
  let compiled = modules.get(name);
  if (!compiled) {
    compiled = new WebAssembly.Module(compressedAsset(`${name}.wasm`));
    modules.set(name, compiled);
  }
  const messages: string[] = [];
  const printErr = (text: string) => void messages.push(text);
  await init(compiled, { print: printErr, printErr });
  try {
    const { width, height, data } = await decode(bytes);
    const warning = fatal && messages.find((message) => fatal.test(message));
    if (warning) throw new Error(warning.trim());
    return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  } catch (error) {
    // Libraries report errors by ending the program; what they printed before is the reason.
    throw messages.length > 0 ? new Error(messages.at(-1)!.trim(), { cause: error }) : error;
  }
}
