import type { LearnEvent } from '../../src/core/training/learn-event.ts';
import type { TrainEvent } from '../../src/core/training/train-event.ts';

/** The first event of a training run. */
export function trainStart(overrides: Partial<Extract<TrainEvent, { event: 'start' }>> = {}): TrainEvent {
  return {
    event: 'start',
    split: 'balanced',
    architecture: 'cnn',
    engine: 'wasm',
    device: '2 threads, WebAssembly relaxed SIMD',
    threads: 2,
    parameters: 230_191,
    trainImages: 76_072,
    validationImages: 8_452,
    classes: 47,
    model: 'balanced-cnn',
    epochs: 10,
    epochsDone: 0,
    ...overrides,
  };
}

/** `count` reports on the batches of an epoch. */
export function trainEpoch(epoch: number, count = 40, batches = 595): TrainEvent[] {
  const events: TrainEvent[] = [];
  for (let report = 1; report <= count; report++) {
    const batch = Math.round((report * batches) / count);
    const x = epoch - 1 + batch / batches;
    const loss = 0.35 + 3.4 * Math.exp(-x * 5) + 0.08 * Math.sin(report * 1.7);
    events.push({
      event: 'batch',
      epoch,
      batch,
      batches,
      loss,
      accuracy: Math.min(0.99, 1 - loss / 4),
      learningRate: 0.001,
      imagesPerSecond: 4200,
    });
  }
  return events;
}

export function trainEpochEnd(epoch: number): TrainEvent {
  return {
    event: 'epoch',
    epoch,
    loss: 0.4 + 0.3 / epoch,
    accuracy: 0.86 + 0.002 * epoch,
    validationLoss: 0.42 + 0.25 / epoch,
    validationAccuracy: 0.85 + 0.002 * epoch,
    seconds: 18,
    imagesPerSecond: 4200,
  };
}

/** The first event of learning. */
export function learnStart(overrides: Partial<Extract<LearnEvent, { event: 'start' }>> = {}): LearnEvent {
  return {
    ...(trainStart({ model: 'shipped-hand', epochs: 8, trainImages: 640, validationImages: 3 }) as Extract<
      TrainEvent,
      { event: 'start' }
    >),
    ...{ from: 'shipped', samples: 14, heldOut: 3, newLabels: [], replay: 'generated drawings' },
    ...overrides,
  };
}

/** The end of an epoch of learning; epoch 0 is the model before it. */
export function learnEpochEnd(epoch: number): LearnEvent {
  return {
    ...(trainEpochEnd(Math.max(1, epoch)) as Extract<TrainEvent, { event: 'epoch' }>),
    epoch,
    ownAccuracy: Math.min(1, 0.6 + 0.06 * epoch),
    generalAccuracy: 0.872 - 0.0005 * epoch,
  };
}
