import { count, counted, percent } from '../../../src/app/format.ts';
import type { ClassAccuracy, Confusion } from '../../../src/core/evaluation/evaluate-event.ts';
import { areLookAlikes } from '../look-alikes.ts';
import { code, section, table } from '../markdown.ts';
import type { Measured } from '../measure.ts';

const WORST = 10;
const CONFUSIONS = 10;

/** The accuracy on each test set, of a model with so many classes. */
export function testSetsSection(classes: number, measured: readonly Measured[]): string {
  return section(
    'Accuracy on test sets',
    table(
      ['Test set', 'Images', 'Classes', 'Prior', 'Accuracy', 'Top-5 accuracy', 'Calibration error', '`predict`'],
      measured.map(({ set, evaluation, predictAccuracy }) => [
        set.title,
        count(evaluation.images),
        String(evaluation.restrictedToLabels?.length ?? classes),
        evaluation.prior === 'split' ? 'class frequencies of its training part' : 'equally likely classes',
        percent(evaluation.accuracy, 2),
        percent(evaluation.top5Accuracy, 2),
        percent(evaluation.calibrationError, 2),
        percent(predictAccuracy, 2),
      ]),
    ),
  );
}

/**
 * The worst classes and the most frequent confusions of each test set of all classes that has no prior, of a model with these
 * labels.
 */
export function mistakesSections(measured: readonly Measured[], labels: readonly string[]): string[] {
  return measured
    .filter(({ evaluation }) => evaluation.perClass.length > 40 && evaluation.prior !== 'split')
    .map(({ set, evaluation }) => {
      const alike = evaluation.confusions.filter(({ truth, predicted }) => areLookAlikes(truth, predicted, labels));
      const others = evaluation.confusions.filter((confusion) => !alike.includes(confusion));
      return section(
        `Mistakes on ${set.title}`,
        `Worst classes, and with look-alikes as one: ${worstClasses(evaluation.perClass, alike)}.`,
        `Most frequent confusions of look-alikes: ${confusionsText(alike)}.`,
        `Most frequent other confusions: ${confusionsText(others)}.`,
      );
    });
}

function worstClasses(classes: readonly ClassAccuracy[], alike: readonly Confusion[]): string {
  return classes
    .toSorted((a, b) => a.accuracy - b.accuracy)
    .slice(0, WORST)
    .map(({ label, accuracy, images }) => {
      const confused = alike.filter(({ truth }) => truth === label).reduce((sum, one) => sum + one.count, 0);
      return `${code(label)} ${percent(accuracy)} (${percent(accuracy + confused / images)})`;
    })
    .join(', ');
}

function confusionsText(confusions: readonly Confusion[]): string {
  return confusions
    .slice(0, CONFUSIONS)
    .map(({ truth, predicted, count: times }) => `${code(truth)} read as ${code(predicted)} ${counted(times, 'time')}`)
    .join(', ');
}
