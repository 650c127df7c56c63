import { EmnistError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { type Attempt, type Backend, openBackend } from './backends.ts';
import type { TensorFlowApi } from './packed-tensors.ts';
import { TensorFlowNetwork } from './tensorflow-network.ts';

/**
 * Open engines on each copy of TensorFlow.js. When the last one is disposed of, the first one's `close` frees the
 * device: only the first knows which backend was set before.
 */
const open = new Map<TensorFlowApi, { count: number; close(): void }>();

/** An engine on a TensorFlow.js whose backend has been set. It uses the calling thread and those of the device. */
export function tensorFlowEngine({ tf, device, close }: Backend): Engine {
  const networks = new Set<TensorFlowNetwork>();
  let disposed = false;
  const opened = open.get(tf) ?? { count: 0, close };
  opened.count++;
  open.set(tf, opened);
  return {
    name: 'tensorflow',
    device,
    threads: 1,
    async createNetwork(network, settings = {}) {
      const created = new TensorFlowNetwork(tf, network, settings);
      networks.add(created);
      return created;
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      for (const network of networks) await network.dispose();
      if (--opened.count > 0) return;
      open.delete(tf);
      opened.close();
    },
  };
}

/** Starts the engine on the first TensorFlow.js that works. Throws an `EmnistError` that says why none does. */
export async function createTensorFlowEngine(): Promise<Engine> {
  const { backend, attempts } = await openBackend();
  if (!backend) throw unavailable(attempts);
  return tensorFlowEngine(backend);
}

/** Starts the engine if it finds a hardware GPU; otherwise returns null. */
export async function createGpuEngine(): Promise<Engine | null> {
  const { backend } = await openBackend();
  if (!backend) return null;
  const engine = tensorFlowEngine(backend);
  if (backend.gpu) return engine;
  await engine.dispose();
  return null;
}

/** Why each attempt of `openBackend` failed, in one line. */
export function describeAttempts(attempts: readonly Attempt[]): string {
  return attempts.map(({ name, problem }) => (problem.startsWith(name) ? problem : `${name}: ${problem}`)).join('; ');
}

/** The command that installs what is missing for the last candidate, which has the fewest requirements. */
export function installCommandFor(attempts: readonly Attempt[]): string | null {
  return attempts.at(-1)?.command ?? null;
}

function unavailable(attempts: readonly Attempt[]): EmnistError {
  const reason = describeAttempts(attempts);
  return new EmnistError('engine-unavailable', `TensorFlow.js is not available: ${reason}`, {
    engine: 'tensorflow',
    reason,
    command: installCommandFor(attempts),
  });
}
