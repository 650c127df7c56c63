import type { LayerFields } from './layer-fields.ts';
import type { NetworkBuilder } from './network-builder.ts';
import type { Problems } from './problems.ts';
import type { Tensor } from './tensor.ts';

/** What reading a layer needs. */
export interface LayerContext {
  builder: NetworkBuilder;
  fields: LayerFields;
  /** The outputs that the layer takes. */
  inputs: readonly Tensor[];
  /** Some layer of the model takes images whose channels come first. */
  channelsFirst: boolean;
  problems: Problems;
  /** The model is one of this program's own, whose layers are kept as they are. */
  isOurs: boolean;
}
