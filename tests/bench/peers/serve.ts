import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { IMAGE_PIXELS } from '../../../src/core/images/image-size.ts';
import type { Network } from '../../../src/core/model/network.ts';
import type { Answers, Greeting, Request } from '../protocol.ts';

/** A network on the engine of a contender. */
export interface Runner {
  /** Trains one step on upright images, [n, 784] bytes. Returns the loss before the step. */
  step(images: Uint8Array, labels: Uint8Array, count: number): Promise<number> | number;
  /** Computes logits, which must be ready when it returns. */
  predict(images: Uint8Array): Promise<unknown> | unknown;
  dispose(): unknown;
}

/** A network with its initial weights, in Keras' shapes. */
export interface Start {
  network: Network;
  weights: Float32Array[];
}

/** Runs a contender: answers requests until its input ends. */
export async function serve(version: string, make: (start: Start) => Promise<Runner>): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const greeting = JSON.parse((await lines.next()).value as string) as Greeting;
  const images = readFileSync(path.join(greeting.folder, 'images.u8'));
  const labels = readFileSync(path.join(greeting.folder, 'labels.u8'));
  const runners = new Map<string, Runner>();
  const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

  const start = (name: keyof Greeting['networks'], dropout: boolean): Start => {
    const { network, weights } = greeting.networks[name];
    const bytes = readFileSync(path.join(greeting.folder, `weights-${name}.f32`));
    let offset = 0;
    const tensors = weights.map(({ shape }) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const values = new Float32Array(
        bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + length * 4),
      );
      offset += length * 4;
      return values;
    });
    const layers = network.layers.filter(({ type }) => dropout || type !== 'dropout');
    return { network: { ...network, layers }, weights: tensors };
  };
  const batchOf = (step: number, batch: number) => {
    const first = (step * batch) % (greeting.images - batch + 1);
    return {
      images: images.subarray(first * IMAGE_PIXELS, (first + batch) * IMAGE_PIXELS),
      labels: labels.subarray(first, first + batch),
    };
  };
  const runnerOf = async (name: keyof Greeting['networks']) => {
    let runner = runners.get(name);
    if (!runner) {
      runner = await make(start(name, true));
      runners.set(name, runner);
    }
    return runner;
  };
  /** Calls `each` for some seconds, but at least twice. Returns all times in seconds. */
  const timed = async (seconds: number, each: (index: number) => unknown): Promise<number[]> => {
    const times: number[] = [];
    const end = performance.now() + seconds * 1000;
    for (let index = 0; index < 2 || performance.now() < end; index++) {
      const began = performance.now();
      await each(index);
      times.push((performance.now() - began) / 1000);
    }
    return times;
  };

  const handle = async (request: Request): Promise<Answers[Request['do']]> => {
    if (request.do === 'losses') {
      const runner = await make(start(request.network, false));
      const losses: number[] = [];
      for (let step = 0; step < request.steps; step++) {
        const batch = batchOf(step, request.batch);
        losses.push(await runner.step(batch.images, batch.labels, step + 1));
      }
      await runner.dispose();
      return { losses };
    }
    const runner = await runnerOf(request.network);
    if (request.do === 'predict') {
      return { times: await timed(request.seconds, (index) => runner.predict(batchOf(index, 1).images)) };
    }
    const times = await timed(request.seconds, (index) => {
      const batch = batchOf(index, request.batch);
      return request.do === 'train' ? runner.step(batch.images, batch.labels, index + 1) : runner.predict(batch.images);
    });
    return { seconds: median(times) };
  };

  answer({ version });
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    try {
      answer(await handle(JSON.parse(line.value) as Request));
    } catch (error) {
      answer({ error: (error as Error).message.split('\n')[0] });
    }
  }
  for (const runner of runners.values()) await runner.dispose();
}

/** The median; of an even number of values, the upper one of the middle two. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
