import type { Shape } from '../layer.ts';
import { layerInputs, layerShapes, type Network } from '../network.ts';
import { channelsFirst } from './onnx-value.ts';

/**
 * For each layer the order of its flat input in a channels-first program: which element of our input each of its elements is.
 * Null where the two are the same, as they are but between a flatten layer and the next dense one.
 */
export function flatOrders(network: Network): (Int32Array | null)[] {
  const shapes = layerShapes(network);
  const outputs: (Int32Array | null)[] = [];
  return network.layers.map((layer, index) => {
    const inputs = layerInputs(network, index);
    const shapeOf = (input: number): Shape => (input < 0 ? network.input : shapes[input]!);
    const [order = null] = inputs.map((input) => outputs[input] ?? null);
    const [shape] = inputs.map(shapeOf);
    outputs[index] = order;
    if (layer.type === 'flatten' && shape?.length === 3) outputs[index] = channelsFirst(...shape);
    if (layer.type === 'dense') outputs[index] = null;
    if (layer.type === 'concatenate' && shape?.length === 1) {
      let offset = 0;
      const parts = inputs.flatMap((input) => {
        const [size] = shapeOf(input);
        const own = outputs[input] ?? Int32Array.from({ length: size }, (_, place) => place);
        const moved = Array.from(own, (place) => place + offset);
        offset += size;
        return moved;
      });
      outputs[index] = Int32Array.from(parts);
    }
    return order;
  });
}
