import type { Group } from 'h5wasm';
import { type KerasModel, type KerasWeight, readKerasWeights } from '../keras-reader.ts';
import { findGroup, readTensor, tensorShape } from './hdf5.ts';

/** The groups of layers in the weights of `.keras` archives and `.weights.h5` files, by version: Keras 3, and Keras 2.12. */
const ROOTS = ['layers', '_layer_checkpoint_dependencies'] as const;

/** Where the weights are numbered within each layer. */
export interface WeightStore {
  root: Group;
  /** The name of the group of a model's layers. */
  layers: string;
  /** What separates the names of a path; on Windows some versions write names with backslashes. */
  separator: string;
}

/** The weights of a file that numbers them within each layer; null if it does not. */
export function findWeightStore(root: Group): WeightStore | null {
  const names = root.keys();
  for (const layers of ROOTS) {
    if (names.some((name) => name.startsWith(`${layers}\\`))) return { root, layers, separator: '\\' };
    if (findGroup(root, layers)) return { root, layers, separator: '/' };
  }
  return null;
}

/** Reads weights that are numbered within each layer. Layers are named by their class and number, whatever their own names. */
export function readNumberedWeights(model: KerasModel, store: WeightStore, file: string): Float32Array[] {
  return readKerasWeights(model, (weight) => readTensor(store.root, weightPath(weight, store), weight.shape, file));
}

function weightPath({ archivePath, index }: KerasWeight, { root, layers, separator }: WeightStore): string {
  const layer = archivePath.flatMap((name) => [layers, name]).join(separator);
  const paths = [`${layer}/vars/${index}`, `${layer}${separator}vars/${index}`];
  return paths.find((one) => tensorShape(root, one) !== null) ?? paths[0]!;
}
