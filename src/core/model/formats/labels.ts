import { splitLabels } from '../../dataset/splits.ts';
import { EmnistError, invalidOption } from '../../errors.ts';

/** The labels of a model's outputs. */
export interface OutputLabels {
  /** The labels of the classes, in class order. */
  labels: readonly string[];
  /** The indices of the outputs that are these classes. */
  outputs: readonly number[];
}

/** EMNIST's labels by the number of outputs. */
const EMNIST_LABELS: Readonly<Record<number, readonly string[]>> = {
  10: splitLabels('digits'),
  26: splitLabels('letters'),
  47: splitLabels('balanced'),
  62: splitLabels('byclass'),
};
/**
 * NIST's labels of `letters` start at 1. A model trained on them as they are has an unused output 0, and ten more unused
 * outputs at the end if it has the 37 classes of the paper's table II.
 */
const LETTERS_FROM_ONE = [27, 37];

/**
 * The labels of a model's outputs: the ones given, else the file's own, else EMNIST's for this number of outputs. Throws
 * `usage` for invalid labels that were given, and `labels-unknown` or `labels-wrong`, which name `file`.
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
    if (problem) {
      const expected = `the ${outputs} characters of the outputs, in order`;
      throw invalidOption('labels', asked, expected, { reason: problem });
    }
    return all(labels);
  }
  if (carried) {
    const problem = whatIsWrong(carried, outputs);
    if (problem) {
      throw new EmnistError('labels-wrong', `${file} has an invalid list of labels: ${problem}`, {
        file,
        outputs,
        reason: problem,
      });
    }
    return all(carried);
  }
  const known = EMNIST_LABELS[outputs];
  if (known) return all(known);
  if (LETTERS_FROM_ONE.includes(outputs)) {
    const labels = splitLabels('letters');
    return { labels, outputs: labels.map((_, index) => index + 1) };
  }
  throw new EmnistError('labels-unknown', `${file} does not say what its ${outputs} outputs stand for`, {
    file,
    outputs,
  });
}

function all(labels: readonly string[]): OutputLabels {
  return { labels, outputs: labels.map((_, index) => index) };
}

function whatIsWrong(labels: readonly string[], outputs: number): string | null {
  if (labels.length !== outputs) return `${labels.length} labels for ${outputs} outputs`;
  const odd = labels.find((label) => !/^[^\p{C}\p{Z}\p{M}]$/u.test(label));
  if (odd !== undefined) return `${JSON.stringify(odd)} is not one visible character`;
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  return twice === undefined ? null : `${JSON.stringify(twice)} occurs twice`;
}
