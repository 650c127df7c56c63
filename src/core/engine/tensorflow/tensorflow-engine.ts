import { EmnistError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { type Attempt, type Backend, openBackend } from './backends.ts';
import type { TensorFlowApi } from './packed-tensors.ts';
import { TensorFlowNetwork } from './tensorflow-network.ts';

/**
 * How many engines are open on each copy of TensorFlow.js: what they compute on is freed with the last, by the first one's
 * `close`, which alone knows what TensorFlow.js computed on before.
 */
const open = new Map<TensorFlowApi, { count: number; close(): void }>();

/** An engine on a TensorFlow.js whose backend has been chosen. It computes on one thread of ours and the device's own. */
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
      const created = new TensorFlowNetwork(tf, network, settings.batchSize ?? 0, settings.optimizer);
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

/** The engine on the first TensorFlow.js that works here. Throws an `EmnistError` that says what every one of them lacks. */
export async function createTensorFlowEngine(): Promise<Engine> {
  const { backend, attempts } = await openBackend();
  if (!backend) throw unavailable(attempts);
  return tensorFlowEngine(backend);
}

/** The engine if there is a graphics processor that it can use, otherwise null. */
export async function createGpuEngine(): Promise<Engine | null> {
  const { backend } = await openBackend();
  if (!backend) return null;
  const engine = tensorFlowEngine(backend);
  if (backend.gpu) return engine;
  await engine.dispose();
  return null;
}

/** What `openBackend` tried in vain, in one line. */
export function describeAttempts(attempts: readonly Attempt[]): string {
  return attempts.map(({ name, problem }) => (problem.startsWith(name) ? problem : `${name}: ${problem}`)).join('; ');
}

/** The command that installs what is missing; of the last attempt, which needs the least. */
export function installCommandOf(attempts: readonly Attempt[]): string | null {
  return attempts.at(-1)?.command ?? null;
}

function unavailable(attempts: readonly Attempt[]): EmnistError {
  const reason = describeAttempts(attempts);
  return new EmnistError('engine-unavailable', `TensorFlow.js is not available: ${reason}`, {
    engine: 'tensorflow',
    reason,
    command: installCommandOf(attempts),
  });
}
