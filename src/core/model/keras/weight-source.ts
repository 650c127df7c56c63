/** Where a Keras model stores one of a network's weights. */
export interface KerasWeight {
  /** The names of the models that contain its layer, and the layer's. */
  path: readonly string[];
  /** The same as `.keras` archives name them. */
  archivePath: readonly string[];
  /** The weight's names in Keras 2 and 3: `kernel`, `bias`, `gamma`, … */
  names: readonly string[];
  /** Its index among the layer's weights. */
  index: number;
  /** Its shape in Keras 2 and 3. */
  shape: readonly number[];
  /** Its rows are in another order than the network's: row i is the network's row `order[i]`. */
  order?: Uint32Array | null;
  /** Neither the layer nor a model that contains it is frozen. */
  trainable: boolean;
}

/** A weight that Keras stores, numbers that stand in the layer's description, or the number that all elements are. */
export type WeightSource = KerasWeight | { values: readonly number[] } | number;

/** Puts the rows of a weight, [rows, …], in the order of the network. */
export function orderRows(data: Float32Array, order: Uint32Array | null | undefined): Float32Array {
  if (!order) return data;
  const width = data.length / order.length;
  const ordered = new Float32Array(data.length);
  order.forEach((row, index) => {
    ordered.set(data.subarray(index * width, (index + 1) * width), row * width);
  });
  return ordered;
}
