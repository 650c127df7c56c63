import { compareLabels, labelProblem, MAX_CLASSES, MAX_LABEL_CHARACTERS, normalizeLabel } from '../../label-text.ts';
import type { ImageStore } from './image-store.ts';
import { labelNumber, numberedLabels } from './label-numbers.ts';
import { invalidData } from './own-errors.ts';
import type { SourceImages } from './source-images.ts';

/** The classes of a source. */
export interface NamedClasses {
  /** In class order. */
  labels: string[];
  /** The class of each of a store's texts. */
  classes: ReadonlyMap<ImageStore, readonly number[]>;
  /** What numbered labels were taken as, as a sentence; null if they are labels themselves, or texts. */
  note: string | null;
}

/**
 * The classes that the labels of a source stand for. Throws `data-invalid` if there are too few or too many, if one cannot be
 * a label, or if the test part has one that the training part lacks.
 */
export function nameClasses(source: SourceImages, name: string): NamedClasses {
  const { train, test } = source;
  const { labelOf, note } = naming(source);
  const known = new Set(train.texts.map(labelOf));
  for (const label of known) checkLabel(label, name);
  if (train.count === 0) throw invalidData(name, 'empty', 'has no images');
  if (known.size < 2) {
    throw invalidData(name, 'one-class', `has only one class, "${[...known][0]}", and nothing to tell it from`);
  }
  if (known.size > MAX_CLASSES) {
    throw invalidData(name, 'too-many-classes', `has ${known.size} classes, more than the limit of ${MAX_CLASSES}`);
  }
  const foreign = test?.texts.map(labelOf).find((label) => !known.has(label));
  if (foreign !== undefined) {
    throw invalidData(name, 'test-labels', `has "${foreign}" in the test part, but not in the training part`);
  }
  const labels = [...known].sort(compareLabels);
  const classOf = new Map(labels.map((label, index) => [label, index]));
  const stores = test ? [train, test] : [train];
  const classes = new Map(stores.map((store) => [store, store.texts.map((text) => classOf.get(labelOf(text))!)]));
  return { labels, classes, note };
}

function naming({ train, test, mapping, format }: SourceImages): {
  labelOf: (text: string) => string;
  note: string | null;
} {
  const texts = [...train.texts, ...(test?.texts ?? [])];
  const numbers = texts.map(labelNumber);
  // The name of a folder is the label, also if it is a number.
  if (format === 'pictures' || numbers.includes(null)) return { labelOf: normalizeLabel, note: null };
  const all = new Set(numbers as number[]);
  const named =
    mapping && [...all].every((number) => mapping.has(number))
      ? { name: 'the characters of their mapping', labels: mapping }
      : numberedLabels(all);
  const labelOf = (text: string) => {
    const number = labelNumber(text)!;
    return normalizeLabel(named?.labels.get(number) ?? String(number));
  };
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return { labelOf, note: named && `The labels ${least} to ${most} stand for ${named.name}.` };
}

/** Throws `data-invalid` if a normalized text cannot be a label. */
export function checkLabel(label: string, source: string): void {
  switch (labelProblem(label)) {
    case 'empty':
      throw invalidData(source, 'label-invalid', 'has an empty label');
    case 'control':
      throw invalidData(
        source,
        'label-invalid',
        `has the label ${JSON.stringify(label)}, which has control characters`,
      );
    case 'long':
      throw invalidData(
        source,
        'label-invalid',
        `has the label "${label.slice(0, 64)}", which has more than ${MAX_LABEL_CHARACTERS} characters`,
      );
  }
}
