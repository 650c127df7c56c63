/** Builds the JSON of Keras models by hand, so that reading it is not tested against what this program writes. */

export interface Described {
  class_name: string;
  config: Record<string, unknown>;
}

export function layer(class_name: string, config: Record<string, unknown> = {}): Described {
  return { class_name, config: { name: class_name.toLowerCase(), ...config } };
}

/** A sequential model as Keras 2 describes it. */
export function sequential(input: readonly (number | null)[], ...layers: Described[]) {
  const first = layer('InputLayer', { batch_input_shape: [null, ...input], name: 'in' });
  return { class_name: 'Sequential', config: { name: 'model', layers: [first, ...layers] } };
}

/** The layers of a functional model: each with its name and the names of those that it takes. */
type Graph = Record<string, [Described, ...string[]]>;

/** A functional model as Keras 2 describes it; the last layer is its output. */
export function functional2(input: readonly number[], graph: Graph) {
  const layers = Object.entries(graph).map(([name, [{ class_name, config }, ...inputs]]) => {
    return { class_name, config: { ...config, name }, name, inbound_nodes: [inputs.map((one) => [one, 0, 0, {}])] };
  });
  const first = { ...layer('InputLayer', { batch_input_shape: [null, ...input], name: 'in' }), name: 'in' };
  return {
    class_name: 'Model',
    config: {
      name: 'model',
      layers: [{ ...first, inbound_nodes: [] }, ...layers],
      input_layers: [['in', 0, 0]],
      output_layers: [[Object.keys(graph).at(-1), 0, 0]],
    },
  };
}

/** A functional model as Keras 3 describes it. */
export function functional3(input: readonly number[], graph: Graph) {
  const tensor = (name: string) => {
    return { class_name: '__keras_tensor__', config: { shape: [null], dtype: 'float32', keras_history: [name, 0, 0] } };
  };
  const layers = Object.entries(graph).map(([name, [{ class_name, config }, ...inputs]]) => {
    const args = inputs.length > 1 ? [inputs.map(tensor)] : inputs.map(tensor);
    const inbound_nodes = [{ args, kwargs: { mask: null } }];
    return {
      module: 'keras.layers',
      class_name,
      config: { ...config, name },
      registered_name: null,
      name,
      inbound_nodes,
    };
  });
  const first = layer('InputLayer', { batch_shape: [null, ...input], name: 'in' });
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    registered_name: 'Functional',
    config: {
      name: 'model',
      layers: [{ ...first, module: 'keras.layers', name: 'in', inbound_nodes: [] }, ...layers],
      input_layers: ['in', 0, 0],
      output_layers: [Object.keys(graph).at(-1), 0, 0],
    },
  };
}
