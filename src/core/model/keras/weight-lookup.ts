import type { KerasWeight, WeightSource } from './weight-source.ts';

/** A weight in a file that lists weights by name. */
interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * The weights that a model stores, in groups by the layers of the whole model, in the order of Keras' `.h5` files and of the
 * files that are converted from them. A nested model is one group; those that are trained come first there.
 */
export function weightGroups(sources: readonly WeightSource[]): KerasWeight[][] {
  const groups = new Map<string, Map<string, KerasWeight>>();
  for (const source of sources) {
    if (typeof source === 'number' || 'values' in source) continue;
    const group = groups.get(source.path[0]!) ?? new Map<string, KerasWeight>();
    groups.set(source.path[0]!, group);
    // A layer that is applied several times has its weights once.
    const key = JSON.stringify([source.path, source.index]);
    if (!group.has(key)) group.set(key, source);
  }
  return [...groups.values()].map((group) => {
    const weights = [...group.values()];
    if (weights[0]!.path.length === 1) return weights.sort((one, other) => one.index - other.index);
    return [...weights.filter(isTrained), ...weights.filter((weight) => !isTrained(weight))];
  });
}

function isTrained({ trainable, names }: KerasWeight): boolean {
  return trainable && !/mean|variance/.test(names[0]!);
}

/** Whether two entries mean the same weight, of a layer that is applied several times. */
export function isSameWeight(one: KerasWeight, other: KerasWeight): boolean {
  return one.index === other.index && one.path.join('\0') === other.path.join('\0');
}

/**
 * The index of the name that means a weight; -1 if none does, or several equally well. Names end in that of the layer and that
 * of the weight (`sequential/dense/kernel`, `dense_1/kernel:0`); names of models before these need not agree.
 */
export function findName(names: readonly string[], { path, names: own }: KerasWeight): number {
  let best = -1;
  let bestScore = 0;
  let isUnique = false;
  names.forEach((name, index) => {
    const parts = name.replace(/:\d+$/, '').split('/');
    if (!own.includes(parts.pop()!)) return;
    let score = 0;
    while (score < path.length && parts.at(-1 - score) === path.at(-1 - score)) score++;
    if (score === 0 || score < bestScore) return;
    isUnique = score > bestScore;
    [best, bestScore] = [index, score];
  });
  return isUnique ? best : -1;
}

/**
 * Finds the weights of a model in a list of named ones: by name, or, unless `byName`, by position if names do not tell, where all
 * shapes must agree. Returns the index of each, or the first weight that is not found.
 */
export function locateWeights(
  sources: readonly WeightSource[],
  entries: readonly NamedShape[],
  byName = false,
): { indices: ReadonlyMap<KerasWeight, number> } | { missing: KerasWeight } {
  const names = entries.map(({ name }) => name);
  const weights = sources.filter((source): source is KerasWeight => typeof source === 'object' && 'path' in source);
  const indices = new Map(weights.map((weight) => [weight, findName(names, weight)]));
  const missing = weights.find((weight) => indices.get(weight) === -1);
  if (!missing) return { indices };
  if (byName) return { missing };
  const inOrder = weightGroups(sources).flat();
  const agrees =
    inOrder.length === entries.length &&
    inOrder.every(({ shape }, index) => shape.join() === entries[index]!.shape.join());
  if (!agrees) return { missing };
  return {
    indices: new Map(weights.map((weight) => [weight, inOrder.findIndex((one) => isSameWeight(one, weight))])),
  };
}
