import * as v from 'valibot';

/** A layer, or a model, in the JSON of Keras and TensorFlow.js. */
export const layerSchema = v.object({
  class_name: v.string(),
  name: v.nullish(v.string()),
  config: v.union([v.array(v.unknown()), v.record(v.string(), v.unknown())]),
  build_config: v.nullish(v.object({ input_shape: v.optional(v.unknown()) })),
  inbound_nodes: v.nullish(v.array(v.unknown())),
});
export type LayerJson = v.InferOutput<typeof layerSchema>;
