import type { ExportEvent, ImportEvent } from '../../app/events.ts';
import { bytes, count, percent } from '../../app/format.ts';
import { table } from '../../app/text-layout.ts';
import type { Shown } from './output.ts';

export function describeExport({ model, format, path, bytes: size }: ExportEvent): Shown {
  return { result: `Exported ${model} as ${format}: ${path} (${bytes(size)})` };
}

export function describeImport(event: ImportEvent): Shown {
  const { model, path, format, classes, labels, leftOut, layers } = event;
  const rows = [
    ['Model', model],
    ['Folder', path],
    ['Format', format],
    ...(layers ? [['Layers', 'inferred from the shapes of the weights, with ReLU and max pooling']] : []),
    ['Classes', `${classes}: ${labels}`],
    ...(isOtherOrder(event) ? [['Labels', `detected: ${event.labelOrder.order}${accuracyText(event)}`]] : []),
    ...(leftOut ? [['Dropped', `outputs ${leftOut.join(', ')}, which stand for no character`]] : []),
    ['Images', orientationText(event)],
    ...(isUnusual(event) ? [['Pixels', pixelsText(event)]] : []),
  ];
  return { result: table(rows), log: advice(event) };
}

/** The orders of EMNIST, which need no mention. */
const EMNIST_ORDERS = [
  'digits',
  'uppercase',
  'digits, uppercase, unmerged lowercase',
  'digits, uppercase, lowercase',
  'as in EMNIST',
];

function isOtherOrder({ labelOrder: { how, order } }: ImportEvent): boolean {
  return how === 'detected' && !EMNIST_ORDERS.includes(order);
}

function accuracyText({ trial, labelOrder }: ImportEvent): string {
  const found = trial?.labelOrders.find(({ order }) => order === labelOrder.order);
  return found ? ` (${percent(found.accuracy)} of test images)` : '';
}

function isUnusual({ pixels: { range, inverted } }: ImportEvent): boolean {
  return range !== '0-1' || inverted;
}

const RANGE_TEXTS: Readonly<Record<ImportEvent['pixels']['range'], string>> = {
  '0-1': '0 to 1',
  '0-255': '0 to 255',
  '-1-1': '-1 to 1',
  standardized: "standardized with MNIST's mean and deviation",
};

function pixelsText({ pixels: { range, inverted }, trial }: ImportEvent): string {
  const usual = trial?.pixels.find((one) => one.range === '0-1' && !one.inverted);
  const found = trial?.pixels.find((one) => one.range === range && one.inverted === inverted);
  const numbers =
    usual && found ? ` (accuracy ${percent(found.accuracy)}; ${percent(usual.accuracy)} with 0 to 1, ink 1)` : '';
  return `detected: ${RANGE_TEXTS[range]}${inverted ? ', dark ink' : ''}; the model was adapted to 0 to 1, ink 1${numbers}`;
}

function orientationText({ transposed, orientation, trial }: ImportEvent): string {
  const known = transposed ? 'transposed; the weights were adapted to upright images' : 'upright';
  const text = orientation === 'assumed' ? 'assumed to be upright' : known;
  if (!trial) return text;
  const { images, split, upright, transposed: turned } = trial;
  return `${text} (accuracy on ${count(images)} test images of ${split}: ${percent(upright)} upright, ${percent(turned)} transposed)`;
}

/** What to do if the model's inputs or outputs could not be determined, or if other labels fit better than those given. */
function advice({ orientation, trial, model, labelOrder, layers }: ImportEvent): string | undefined {
  if (labelOrder.better) {
    const { order, labels, accuracy } = labelOrder.better;
    return `With other labels it reads ${percent(accuracy)} of the test images. They are: ${labels} (${order}). Import it without --labels to use them.`;
  }
  if (orientation !== 'assumed') return undefined;
  if (!trial) {
    return (
      'The orientation of its images is unknown, and there is no data set to test it on. Fetch one and import it again: ' +
      'then orientation, range of pixels, and order of labels are detected. Or run ' +
      `"emnist-tui evaluate --model ${model}"; if the accuracy is low, import it again with --transposed and another --name.`
    );
  }
  if (layers)
    return 'The accuracy is too low: its layers may differ from those inferred. Describe them with --network.';
  return 'The accuracy is too low either way, with all ranges of pixels and orders of labels that are known.';
}
