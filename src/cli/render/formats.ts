import type { ExportEvent, ImportEvent } from '../../app/events.ts';
import { bytes, count, percent } from '../../app/format.ts';
import { table } from '../../app/text-layout.ts';
import type { Shown } from './output.ts';

export function describeExport({ model, format, path, bytes: size }: ExportEvent): Shown {
  return { result: `Exported ${model} as ${format}: ${path} (${bytes(size)})` };
}

export function describeImport(event: ImportEvent): Shown {
  const { model, path, format, classes, labels, leftOut } = event;
  const rows = [
    ['Model', model],
    ['Folder', path],
    ['Format', format],
    ['Classes', `${classes}: ${labels}`],
    ...(leftOut ? [['Dropped', `outputs ${leftOut.join(', ')}, which stand for no character`]] : []),
    ['Images', orientationText(event)],
  ];
  return { result: table(rows), log: advice(event) };
}

function orientationText({ transposed, orientation, trial }: ImportEvent): string {
  const known = transposed ? 'transposed; the weights were adapted to upright images' : 'upright';
  const text = orientation === 'assumed' ? 'assumed to be upright' : known;
  if (!trial) return text;
  const { images, split, upright, transposed: turned } = trial;
  return `${text} (accuracy on ${count(images)} test images of ${split}: ${percent(upright)} upright, ${percent(turned)} transposed)`;
}

/** What to do if the orientation of the model's images could not be determined. */
function advice({ orientation, trial, model }: ImportEvent): string | undefined {
  if (orientation !== 'assumed') return undefined;
  if (!trial) {
    return (
      'The orientation of its images is unknown, and there is no data set to test it on. Fetch one and run ' +
      `"emnist-tui evaluate --model ${model}"; if the accuracy is low, import it again with --transposed and another --name.`
    );
  }
  return 'The accuracy is too low either way: was the model trained on pixels from 0 to 1, with ink 1?';
}
