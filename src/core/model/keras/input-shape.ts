import { plain } from './layer-fields.ts';

function isShape(shape: unknown): shape is unknown[] {
  return Array.isArray(shape) && shape.length > 0 && !Array.isArray(shape[0]);
}

/** The places where versions of Keras, and people, put the shape of the input. */
export function shapesIn(config: Readonly<Record<string, unknown>>): unknown[] {
  const { batch_input_shape, batch_shape, input_dim } = config;
  const withoutBatch = [config.input_shape, config.shape].map(plain).filter(isShape);
  const withBatch = [...withoutBatch, ...(typeof input_dim === 'number' ? [[input_dim]] : [])];
  return [batch_input_shape, batch_shape, ...withBatch.map((shape) => [null, ...shape])];
}

/** The first of several shapes that is a list, without the size of the batch, which it begins with. */
export function firstShape(shapes: readonly unknown[]): readonly unknown[] | null {
  return shapes.map(plain).find(isShape)?.slice(1) ?? null;
}
