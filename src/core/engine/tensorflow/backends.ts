import { pathToFileURL } from 'node:url';
import util from 'node:util';
import { messageOf } from '../../errors.ts';
import { findPackage, installCommand, loadPackage, TENSORFLOW_VERSION, WEBGPU_VERSION } from './packages.ts';
import type { TensorFlowApi } from './packed-tensors.ts';

/** A TensorFlow.js that is ready to use. */
export interface Backend {
  tf: TensorFlowApi;
  /** As text: `WebGPU, NVIDIA H100`. */
  device: string;
  /** Whether the device is a hardware GPU rather than a CPU or a software renderer. */
  gpu: boolean;
  /** Frees the device; `openBackend` can open it again. */
  close(): void;
}

/** A backend that was tried and is not available. */
export interface Attempt {
  name: string;
  /** What is missing, or which step failed. */
  problem: string;
  /** The command that installs what is missing, if any. */
  command: string | null;
}

interface Candidate {
  name: string;
  packages: readonly { name: string; version: string }[];
  /** `files`: the main files of the packages, in order. */
  open(files: readonly string[]): Promise<Backend>;
}

/** A failure that reinstalling the packages would not fix; the message says what would. */
class StepError extends Error {}

/**
 * TensorFlow's native library, through `@tensorflow/tfjs-node`;
 * https://github.com/tensorflow/tfjs/tree/master/tfjs-node
 */
const native = (name: string): Candidate => ({
  name,
  packages: [{ name, version: TENSORFLOW_VERSION }],
  async open([file]) {
    restoreRemovedUtilities();
    const tf = loadPackage(file!) as TensorFlowApi;
    const close = await setBackend(tf, 'tensorflow');
    const backend = tf.backend() as { isUsingGpuDevice?: boolean };
    const gpu = backend.isUsingGpuDevice === true;
    return { tf, device: `TensorFlow (${name}), ${gpu ? 'CUDA' : 'CPU'}`, gpu, close };
  },
});

/** Priority of a backend that TensorFlow.js never chooses by itself. */
const NOT_CHOSEN = -1;

/**
 * Sets the backend of TensorFlow.js. Returns a function that restores the previous one: all copies of TensorFlow.js in
 * a process share one backend, and a program that uses this library may use TensorFlow.js as well.
 */
async function setBackend(tf: TensorFlowApi, name: string): Promise<() => void> {
  const before = tf.engine().backendName;
  if (!(await tf.setBackend(name))) throw new StepError('the device cannot be opened');
  return () => {
    if (before && before !== name) tf.engine().setBackend(before);
  };
}

/** Restores functions of `node:util` that Node 23 removed and tfjs-node 4.22 still calls. */
export function restoreRemovedUtilities(): void {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  legacy.isArray ??= Array.isArray;
}

/** Started once per thread: a process that starts Dawn repeatedly eventually crashes. */
let dawn: Gpu | null = null;

async function startDawn(file: string): Promise<Gpu> {
  const { create, globals } = (await import(pathToFileURL(file).href)) as {
    create(flags: string[]): Gpu;
    globals: object;
  };
  Object.assign(globalThis, globals);
  return create([]);
}

/** WebGPU; in Node it is provided by Dawn, Chromium's implementation. */
const webGpu: Candidate = {
  name: 'WebGPU',
  packages: [
    { name: '@tensorflow/tfjs', version: TENSORFLOW_VERSION },
    { name: '@tensorflow/tfjs-backend-webgpu', version: TENSORFLOW_VERSION },
    { name: 'webgpu', version: WEBGPU_VERSION },
  ],
  async open([tensorFlowFile, backendFile, dawnFile]) {
    if (process.platform === 'linux' && !canLoad('libvulkan.so.1')) {
      throw new StepError(
        'libvulkan.so.1, the Vulkan loader, is missing (Debian and Ubuntu: apt-get install libvulkan1)',
      );
    }
    dawn ??= await startDawn(dawnFile!);
    const adapter = await dawn.requestAdapter();
    if (!adapter) throw new StepError('no GPU with a Vulkan, Metal, or Direct3D 12 driver was found');
    // TensorFlow.js looks for it where browsers provide it.
    Object.defineProperty(navigator, 'gpu', { value: dawn, configurable: true });
    const tf = loadPackage(tensorFlowFile!) as TensorFlowApi;
    loadPackage(backendFile!);
    const release = await setBackend(tf, 'webgpu');
    const close = () => {
      release();
      // Frees the device; the factory opens another one when needed.
      const factory = tf.findBackendFactory('webgpu');
      tf.removeBackend('webgpu');
      tf.registerBackend('webgpu', factory, NOT_CHOSEN);
      delete (navigator as { gpu?: unknown }).gpu;
    };
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
    const named = description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed device';
    const hardware = !isFallbackAdapter && !SOFTWARE.test(`${architecture} ${named}`);
    return { tf, device: `WebGPU, ${named}`, gpu: hardware, close };
  },
};

/**
 * Whether the dynamic linker finds a library. Dawn writes to the terminal if it does not. The only way to find out in
 * Node is to load the library as an addon, which always fails; the message reveals whether the file was found.
 */
function canLoad(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return !messageOf(error).includes('cannot open shared object file');
  }
}

/** Software renderers, which are slower than our own kernels. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** The part of WebGPU that is used here; https://www.w3.org/TR/webgpu/#gpuadapterinfo */
interface Gpu {
  requestAdapter(): Promise<{
    info: {
      vendor: string;
      architecture: string;
      device: string;
      description: string;
      isFallbackAdapter: boolean;
    };
  } | null>;
}

const CANDIDATES: readonly Candidate[] = [native('@tensorflow/tfjs-node-gpu'), native('@tensorflow/tfjs-node'), webGpu];

/** Opens the first candidate that works, and reports why those before it do not. Loads the packages that it tries. */
export async function openBackend(
  candidates: readonly Candidate[] = CANDIDATES,
): Promise<{ backend: Backend | null; attempts: Attempt[] }> {
  const attempts: Attempt[] = [];
  for (const candidate of candidates) {
    const install = installCommand(candidate.packages.map(({ name, version }) => `${name}@${version}`));
    try {
      const found = candidate.packages.map(({ name }) => findPackage(name));
      const missing = candidate.packages.filter((_, index) => found[index] === null).map(({ name }) => name);
      if (missing.length > 0) {
        const problem = `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed`;
        attempts.push({ name: candidate.name, problem, command: install });
        continue;
      }
      return { backend: await candidate.open(found as string[]), attempts };
    } catch (error) {
      const [why] = messageOf(error).split('\n');
      const isStep = error instanceof StepError;
      attempts.push({
        name: candidate.name,
        problem: isStep ? why! : `cannot be loaded: ${why}`,
        command: isStep ? null : install,
      });
    }
  }
  return { backend: null, attempts };
}
