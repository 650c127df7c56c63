import { splitLabels } from '../../dataset/splits.ts';
import { EmnistError, invalidOption } from '../../errors.ts';
import { labelProblem, MAX_LABEL_CHARACTERS } from '../../label-text.ts';
import { labelList } from '../../labels.ts';

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
 * NIST's labels of `letters` start at 1. A model trained on them unchanged has an unused output 0, and ten more unused
 * outputs at the end if it has the 37 classes of the paper's table II.
 */
const LETTERS_FROM_ONE = [27, 37];

/**
 * The labels of a model's outputs: the requested ones, else those in the file, else EMNIST's for this number of outputs.
 * Throws `usage` if the requested labels are invalid, and `labels-unknown` or `labels-wrong`, which name `file`.
 */
export function nameOutputs(
  outputs: number,
  requested: string | undefined,
  embedded: readonly string[] | null,
  file: string,
): OutputLabels {
  if (requested !== undefined) {
    const labels = labelList(requested);
    const problem = listProblem(labels, outputs);
    if (problem) {
      const expected = `the ${outputs} characters of the outputs in order, or a list of ${outputs} labels with commas`;
      throw invalidOption('labels', requested, expected, { reason: problem });
    }
    return all(labels);
  }
  if (embedded) {
    const problem = listProblem(embedded, outputs);
    if (problem) {
      throw new EmnistError('labels-wrong', `${file} has an invalid list of labels: ${problem}`, {
        file,
        outputs,
        reason: problem,
      });
    }
    return all(embedded);
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

const PROBLEMS = {
  empty: 'is no label',
  control: 'has invisible characters',
  long: `has more than ${MAX_LABEL_CHARACTERS} characters`,
} as const;

function all(labels: readonly string[]): OutputLabels {
  return { labels, outputs: labels.map((_, index) => index) };
}

function listProblem(labels: readonly string[], outputs: number): string | null {
  if (labels.length !== outputs) return `${labels.length} labels for ${outputs} outputs`;
  const invalid = labels.find((label) => labelProblem(label) !== null);
  if (invalid !== undefined) return `${JSON.stringify(invalid)} ${PROBLEMS[labelProblem(invalid)!]}`;
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  return twice === undefined ? null : `${JSON.stringify(twice)} occurs twice`;
}
