import { EmnistError, invalidOption } from '../../errors.ts';
import { labelProblem, MAX_LABEL_CHARACTERS } from '../../label-text.ts';
import { labelList } from '../../labels.ts';
import { emnistOrder, type LabelOrder } from './label-orders.ts';

/** The labels of a model's outputs. */
export interface OutputLabels {
  /** The labels of the classes, in class order. */
  labels: readonly string[];
  /** The indices of the outputs that are these classes. */
  outputs: readonly number[];
}

/**
 * The labels of a model's outputs: the requested ones, else those in the file, else EMNIST's for this number of outputs. If the
 * model `rejects`, its last output has none. Throws `usage` if the requested labels are invalid, and `labels-unknown` or
 * `labels-wrong`, which name `file`.
 */
export function nameOutputs(
  { width, rejects }: { width: number; rejects: boolean },
  requested: string | undefined,
  embedded: readonly string[] | null,
  file: string,
): OutputLabels {
  const outputs = rejects ? width - 1 : width;
  const problemOf = (labels: readonly string[]) => countProblem(labels.length, width, rejects) ?? listProblem(labels);
  if (requested !== undefined) {
    const labels = labelList(requested);
    const problem = problemOf(labels);
    if (problem) {
      const expected = `the ${outputs} characters of the outputs in order, or a list of ${outputs} labels with commas`;
      throw invalidOption('labels', requested, expected, { reason: problem });
    }
    return all(labels);
  }
  if (embedded) {
    const problem = problemOf(embedded);
    if (problem) {
      throw new EmnistError('labels-wrong', `${file} has an invalid list of labels: ${problem}`, {
        file,
        outputs,
        reason: problem,
      });
    }
    return all(embedded);
  }
  const assumed = emnistOrder(outputs);
  if (assumed) return outputLabels(assumed);
  throw new EmnistError('labels-unknown', `${file} does not say what its ${outputs} outputs stand for`, {
    file,
    outputs,
  });
}

/** The labels of an order, and the outputs that have them, without those that stand for nothing. */
export function outputLabels({ labels }: LabelOrder): OutputLabels {
  const named = labels.flatMap((label, output) => (label === null ? [] : [{ label, output }]));
  return { labels: named.map(({ label }) => label), outputs: named.map(({ output }) => output) };
}

const PROBLEMS = {
  empty: 'is not a label',
  control: 'has invisible characters',
  long: `has more than ${MAX_LABEL_CHARACTERS} characters`,
} as const;

function all(labels: readonly string[]): OutputLabels {
  return { labels, outputs: labels.map((_, index) => index) };
}

function countProblem(labels: number, width: number, rejects: boolean): string | null {
  if (labels > 0 && labels === (rejects ? width - 1 : width)) return null;
  return `${labels} labels for ${width} outputs${rejects ? ', the last of which stands for no character' : ''}`;
}

function listProblem(labels: readonly string[]): string | null {
  // A blank alone is not a label either.
  const problemOf = (label: string) => labelProblem(label.trim());
  const invalid = labels.find((label) => problemOf(label) !== null);
  if (invalid !== undefined) return `${JSON.stringify(invalid)} ${PROBLEMS[problemOf(invalid)!]}`;
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  return twice === undefined ? null : `${JSON.stringify(twice)} occurs twice`;
}
