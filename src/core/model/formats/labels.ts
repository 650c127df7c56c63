import { splitLabels } from '../../dataset/splits.ts';
import { EmnistError, UsageError } from '../../errors.ts';

/** What the outputs of a model stand for. */
export interface OutputLabels {
  /** Characters of the classes, in class order. */
  labels: readonly string[];
  /** The outputs that are these classes. */
  outputs: readonly number[];
}

/** By the number of outputs, EMNIST's own classes. */
const KNOWN: Readonly<Record<number, readonly string[]>> = {
  10: splitLabels('digits'),
  26: splitLabels('letters'),
  47: splitLabels('balanced'),
  62: splitLabels('byclass'),
};
/**
 * `letters` begins with 1 in NIST's files. Who takes its labels as they are has an output 0 that nothing is trained to
 * give; who believes the 37 classes of the paper's table II, ten more at the end.
 */
const LETTERS_FROM_ONE = [27, 37];

/**
 * The characters of a model's classes: those asked for, else those that the file names, else EMNIST's for so many outputs.
 * Throws a UsageError for what was asked for, and `labels-unknown` or `labels-wrong` for the file. `file` is for errors.
 */
export function nameOutputs(
  outputs: number,
  asked: string | undefined,
  carried: readonly string[] | null,
  file: string,
): OutputLabels {
  if (asked !== undefined) {
    const labels = [...asked];
    const problem = whatIsWrong(labels, outputs);
    if (problem)
      throw new UsageError(`--labels ${problem}`, `give the ${outputs} characters in the order of the outputs`);
    return all(labels);
  }
  const hint = `give the ${outputs} characters with --labels, in the order of the outputs`;
  if (carried) {
    const problem = whatIsWrong(carried, outputs);
    if (problem) throw new EmnistError('labels-wrong', `${file}: its list of characters ${problem}`, hint);
    return all(carried);
  }
  const known = KNOWN[outputs];
  if (known) return all(known);
  if (LETTERS_FROM_ONE.includes(outputs)) {
    const labels = splitLabels('letters');
    return { labels, outputs: labels.map((_, index) => index + 1) };
  }
  throw new EmnistError('labels-unknown', `${file} does not say what its ${outputs} outputs stand for`, hint);
}

function all(labels: readonly string[]): OutputLabels {
  return { labels, outputs: labels.map((_, index) => index) };
}

function whatIsWrong(labels: readonly string[], outputs: number): string | null {
  if (labels.length !== outputs) return `has ${labels.length} where the model has ${outputs} outputs`;
  const odd = labels.find((label) => !/^[^\p{C}\p{Z}\p{M}]$/u.test(label));
  if (odd !== undefined) return `has ${JSON.stringify(odd)}, which is no single character that can be seen`;
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  return twice === undefined ? null : `has ${JSON.stringify(twice)} twice`;
}
