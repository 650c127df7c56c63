import type { LayerFields } from './layer-fields.ts';
import { kerasShape, type Tensor } from './tensor.ts';

/** Checks that a layer takes an image, with its channels where the layer expects them. */
export function checkImage(fields: LayerFields, input: Tensor): void {
  if (input.kind === 'flat') {
    fields.problem('cannot follow a Flatten layer');
    return;
  }
  if (input.kind === 'rows') {
    fields.problem(`takes [${kerasShape(input)}], which has no channels; it needs a Reshape layer before it`);
    return;
  }
  // Keras 1 leaves the field out, or says "default".
  const { data_format: format } = fields.config;
  if (format === undefined || format === null || format === 'default') return;
  const [expected, actual] = fields.channelsFirst ? ['first', 'last'] : ['last', 'first'];
  if (input.kind !== expected) fields.problem(`takes images with channels ${expected}, but gets them ${actual}`);
}

/** Requires that the axis of a layer is that of the channels, or of a flat list. */
export function requireChannelAxis(fields: LayerFields, input: Tensor, axis: unknown): void {
  const single: unknown = Array.isArray(axis) && axis.length === 1 ? axis[0] : axis;
  const rank = kerasShape(input).length + 1;
  const position = typeof single === 'number' && single < 0 ? single + rank : single;
  const expected = input.kind === 'last' ? 3 : input.kind === 'rows' ? undefined : 1;
  if (position !== expected) fields.problem(`has axis ${JSON.stringify(axis)}; only that of the channels is supported`);
}
