import type { Shape } from './layer.ts';
import { elements, layerNames, layerShapes, type Network, weightSpecs } from './network.ts';

/** A layer, as in a table of layers. */
export interface LayerSummary {
  /** As in Keras: `conv2d_1`. */
  readonly name: string;
  /** Of its output, without the batch. */
  readonly shape: Shape;
  readonly parameters: number;
}

/** The layers of a network with their output shapes and parameters, those of batch normalization's averages included. */
export function summarizeNetwork(network: Network): LayerSummary[] {
  const names = layerNames(network);
  const shapes = layerShapes(network);
  const parameters = new Map<string, number>();
  for (const { name, shape } of weightSpecs(network)) {
    const layer = name.slice(0, name.lastIndexOf('/'));
    parameters.set(layer, (parameters.get(layer) ?? 0) + elements(shape));
  }
  return names.map((name, index) => ({ name, shape: shapes[index]!, parameters: parameters.get(name) ?? 0 }));
}
