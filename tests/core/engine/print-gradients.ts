import * as tf from '@tensorflow/tfjs';
import { tensorFlowEngine } from '../../../src/core/engine/tensorflow/tensorflow-engine.ts';
import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { EmnistError } from '../../../src/core/errors.ts';
import { engineError, quotientError } from './gradients.ts';
import { LAYER_NETWORKS } from './layer-networks.ts';

/*
 * `npm run gradients`: for a small network of each layer, how far the gradients of the reference are from difference quotients
 * of its loss, both in double precision, and how far those of the other engines, in single precision, are from the reference.
 * Largest difference, relative to the largest gradient of the tensor.
 */
// Keeps TensorFlow.js from advertising its native build.
tf.env().set('IS_TEST', true);
await tf.setBackend('cpu');
tf.zeros([1]).dispose();
tf.env().set('IS_TEST', false);
const engines = [await createWasmEngine(), tensorFlowEngine({ tf, device: 'CPU', gpu: false, close() {} })];
const scientific = (value: number) => value.toExponential(0).padStart(12);
const row = (name: string, cells: readonly string[]) => {
  process.stdout.write(`${name.padEnd(58)}${cells.map((cell) => cell.padStart(12)).join('')}\n`);
};
row('', ['quotients', ...engines.map(({ name }) => name)]);
for (const [name, network] of Object.entries(LAYER_NETWORKS)) {
  const cells = [scientific(await quotientError(network))];
  for (const engine of engines) {
    cells.push(
      await engineError(engine, network).then(scientific, (error) => {
        if (error instanceof EmnistError) return error.code === 'network-unsupported' ? 'unsupported' : error.code;
        throw error;
      }),
    );
  }
  row(name, cells);
}
for (const engine of engines) await engine.dispose();
