import { fitImages } from '../images/fit-images.ts';
import { splitLastLayer } from '../model/last-layer.ts';
import type { Model } from '../model/model.ts';
import { classCount } from '../model/network.ts';
import { logSumExp } from '../model/softmax.ts';
import type { Engine, EngineNetwork } from './engine.ts';

/** A network's output for an image. */
export interface ReadFeatures {
  /** [classes] */
  logits: Float32Array;
  /** What images are compared by, of length 1 unless all are 0. */
  features: Float32Array;
}

/** Reads what a network sees in images, and its logits, in one forward pass. */
export interface FeatureReader {
  /** `images`: bytes, [n, 784]. */
  read(images: Uint8Array): Promise<ReadFeatures[]>;
  dispose(): Promise<void>;
}

/**
 * The features are what goes into the last dense layer, which is then applied here. Of a network that does not end with one, they are
 * the logarithms of the probabilities, less their mean. `full`: the whole network on the engine, which the caller disposes of.
 */
export async function createFeatureReader(
  engine: Engine,
  { network, weights }: Pick<Model, 'network' | 'weights'>,
  full: EngineNetwork,
): Promise<FeatureReader> {
  const parts = splitLastLayer(network, weights);
  const classes = classCount(network);
  if (parts === null) {
    return {
      async read(images) {
        return rows(await full.predict(fitImages(images, network.input)), classes).map((logits) => {
          return { logits, features: normalized(logarithms(logits)) };
        });
      },
      async dispose() {},
    };
  }
  const { trunk, trunkWeights, kernel, bias } = parts;
  const ready = await engine.createNetwork(trunk, { features: true });
  await ready.setWeights(trunkWeights);
  return {
    async read(images) {
      const outputs = await ready.predict(fitImages(images, network.input));
      return rows(outputs, kernel.length / classes).map((row) => {
        return { logits: dense(row, kernel, bias), features: normalized(row) };
      });
    },
    dispose: () => ready.dispose(),
  };
}

function rows(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
}

function dense(inputs: Float32Array, kernel: Float32Array, bias: Float32Array): Float32Array {
  const outputs = Float64Array.from(bias);
  const { length } = bias;
  for (const [input, value] of inputs.entries()) {
    if (value === 0) continue;
    for (let output = 0; output < length; output++) outputs[output]! += value * kernel[input * length + output]!;
  }
  return Float32Array.from(outputs);
}

function logarithms(logits: Float32Array): Float32Array {
  const sum = logSumExp(logits);
  const mean = logits.reduce((total, value) => total + value - sum, 0) / logits.length;
  return logits.map((value) => value - sum - mean);
}

function normalized(values: Float32Array): Float32Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? values : values.map((value) => value / length);
}
