import { lookupTable } from '../../lookup-table.ts';
import { requireChannelAxis } from './image-layers.ts';
import type { LayerContext } from './layer-context.ts';
import { brief } from './layer-fields.ts';
import { kerasShape, type Tensor } from './tensor.ts';

/** Keras 1 has one layer for all ways to merge. */
const KERAS_1_MODES = lookupTable<string>({
  sum: 'Add',
  concat: 'Concatenate',
  ave: 'Average',
});

/** Adds a layer that merges several inputs; undefined if it is not one. */
export function addMerge(className: string, context: LayerContext): Tensor | null | undefined {
  const { fields } = context;
  if (className === 'Merge') {
    const mode = KERAS_1_MODES.get(String(fields.config.mode));
    if (mode) return addMerge(mode, context);
    fields.problem(`has mode ${brief(fields.config.mode)}; only "sum", "concat", and "ave" are supported`);
    return null;
  }
  if (className !== 'Add' && className !== 'Average' && className !== 'Concatenate') return undefined;
  if (context.inputs.length === 1) return context.inputs[0]!;
  const inputs = sameKind(context);
  const [first] = inputs;
  if (!first || fields.failed) return null;
  const { builder } = context;
  if (className === 'Concatenate') {
    requireChannelAxis(fields, first, fields.config.axis ?? fields.config.concat_axis ?? -1);
    return builder.add(fields, inputs, { type: 'concatenate' }, { order: joinedOrder(inputs) });
  }
  if (inputs.some(({ order }) => order?.join() !== first.order?.join())) {
    fields.problem('adds values in different orders, with channels first and last');
  }
  const sum = builder.add(fields, inputs, { type: 'add' });
  if (className === 'Add' || !sum) return sum;
  return builder.add(fields, [sum], { type: 'rescaling', scale: 1 / inputs.length, offset: 0 });
}

/** The inputs, all of them flat in the network if they are flat in Keras. */
function sameKind({ builder, fields, inputs }: LayerContext): Tensor[] {
  const [first] = inputs;
  if (inputs.some(({ kind }) => kind !== first?.kind)) {
    fields.problem(`cannot merge [${inputs.map((input) => kerasShape(input)).join('] and [')}]`);
    return [];
  }
  if (first?.kind !== 'flat') return [...inputs];
  return inputs.map((input) => builder.flat(fields, input)).filter((input) => input !== null);
}

/** The order of flat lists that are joined. */
function joinedOrder(inputs: readonly Tensor[]): Uint32Array | null {
  if (inputs.every(({ order }) => order === null)) return null;
  const joined: number[] = [];
  let start = 0;
  for (const { order, shape } of inputs) {
    const size = shape.at(-1)!;
    for (let index = 0; index < size; index++) joined.push(start + (order?.[index] ?? index));
    start += size;
  }
  return Uint32Array.from(joined);
}
