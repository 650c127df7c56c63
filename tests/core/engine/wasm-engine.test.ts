import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { layerInputs, type Network } from '../../../src/core/model/network.ts';
import { engineContract } from './contract.ts';

/** The layers that the engine has; to be removed when it has all. */
const LAYERS = new Set(['conv2d', 'dense', 'batchNorm', 'relu', 'maxPool', 'dropout', 'flatten']);

function runs(network: Network): boolean {
  const square = (size: readonly number[], side: number) => size.every((value) => value === side);
  return (
    network.layers.at(-1)!.type !== 'flatten' &&
    network.layers.every((layer, index) => {
      if (!LAYERS.has(layer.type) || layerInputs(network, index).join() !== String(index - 1)) return false;
      if (layer.type === 'conv2d') return square(layer.kernel, 3) && square(layer.stride, 1);
      if (layer.type === 'maxPool')
        return square(layer.size, 2) && square(layer.stride, 2) && layer.padding === 'valid';
      return true;
    })
  );
}

const options = process.env.ALL_LAYERS ? {} : { runs };
engineContract('WebAssembly engine, 1 thread', () => createWasmEngine({ threads: 1 }), options);
engineContract('WebAssembly engine, 2 threads', () => createWasmEngine({ threads: 2 }), options);
