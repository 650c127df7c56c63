import { lookupTable } from '../../lookup-table.ts';
import type { Padding, Size } from '../layer.ts';
import type { KerasNode } from './graph.ts';
import type { Problems } from './problems.ts';

/** Keras 1 names of fields that were renamed later. */
const KERAS_1_FIELDS = lookupTable<string>({
  nb_filter: 'filters',
  border_mode: 'padding',
  subsample: 'strides',
  dim_ordering: 'data_format',
  bias: 'use_bias',
  output_dim: 'units',
  p: 'rate',
});

/** The largest number that a field may have. Sizes of layers are checked apart. */
const MAX_COUNT = 1e6;

/**
 * The config of one layer, under the field names of Keras 2 and 3. A field with a value that is not supported is recorded as
 * a problem, and a harmless value is returned.
 */
export class LayerFields {
  readonly node: KerasNode;
  readonly config: Readonly<Record<string, unknown>>;
  readonly #problems: Problems;
  #failed = false;

  constructor(node: KerasNode, problems: Problems) {
    this.node = node;
    const { config } = node;
    const renamed = Object.entries(config).map(
      ([field, value]) => [KERAS_1_FIELDS.get(field) ?? field, plain(value)] as const,
    );
    this.config = {
      ...Object.fromEntries(renamed),
      ...('nb_row' in config && { kernel_size: [config.nb_row, config.nb_col] }),
    };
    this.#problems = problems;
  }

  /** Whether the layer has a problem. */
  get failed(): boolean {
    return this.#failed;
  }

  problem(why: string): void {
    this.#failed = true;
    this.#problems.add(`${this.node.what} ${why}`);
  }

  /** Requires a field to have one of the allowed values. */
  require(field: string, ...allowed: unknown[]): void {
    const value = this.config[field];
    const texts = allowed.map((one) => JSON.stringify(one));
    if (texts.includes(JSON.stringify(value)) || (Array.isArray(value) && value.every((one) => allowed.includes(one))))
      return;
    this.problem(`has ${field} ${brief(value)}; only ${texts[0]} is supported`);
  }

  count(field: string): number {
    const value = this.config[field];
    if (isCount(value)) return value;
    const isLarge = typeof value === 'number' && value > MAX_COUNT;
    const wrong = `has ${field} ${brief(value)}, ${isLarge ? 'which is too large' : 'not a whole number of at least 1'}`;
    this.problem(value === undefined ? `lacks ${field}` : wrong);
    return 1;
  }

  /** A pair of counts, or one count for both. */
  size(field: string, fallback?: Size): Size {
    const value = this.config[field] ?? fallback;
    const [height, width] = isCount(value) ? [value, value] : Array.isArray(value) ? value : [];
    const pair: unknown = Array.isArray(value) && value.length === 1 ? height : width;
    if (isCount(height) && isCount(pair) && (!Array.isArray(value) || value.length <= 2)) return [height, pair];
    this.problem(value === undefined ? `lacks ${field}` : `has ${field} ${brief(value)}, not one or two whole numbers`);
    return [1, 1];
  }

  number(field: string, fallback?: number): number {
    const value = this.config[field] ?? fallback;
    const [single] = Array.isArray(value) && value.length === 1 ? value : [value];
    if (typeof single === 'number' && Number.isFinite(single)) return single;
    this.problem(value === undefined ? `lacks ${field}` : `has ${field} ${brief(value)}, not a number`);
    return 0;
  }

  /** A number from 0 to below 1. */
  fraction(field: string, fallback?: number): number {
    const value = this.number(field, fallback);
    if (value >= 0 && value < 1) return value;
    this.problem(`has ${field} ${value}, not a number from 0 to below 1`);
    return 0;
  }

  /** A boolean field, true by default. */
  flag(field: string): boolean {
    return this.config[field] !== false;
  }

  padding(): Padding {
    const value = this.config.padding ?? 'valid';
    if (value === 'valid' || value === 'same') return value;
    this.problem(`has padding ${brief(value)}; only "valid" and "same" are supported`);
    return 'valid';
  }

  /** Whether the layer takes images whose channels come first. */
  get channelsFirst(): boolean {
    return isChannelsFirst(this.config.data_format);
  }
}

/** Whether a value of `data_format`, or Keras 1's `dim_ordering`, means that channels come first. */
export function isChannelsFirst(value: unknown): boolean {
  return value === 'channels_first' || value === 'channelsFirst' || value === 'th';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= MAX_COUNT;
}

/** A value without the objects in which some versions wrap numbers and lists. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if ('class_name' in value && value.class_name === '__tuple__' && 'items' in value) return value.items;
  // NumPy's numbers and arrays.
  if ('type' in value && value.type === 'ndarray' && 'value' in value) return value.value;
  return value;
}

/** A value in a message. */
export function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
