import prettyBytes from 'pretty-bytes';
import type { ExportEvent, ImportEvent } from '../../app/events.ts';
import type { Shown } from './output.ts';
import { count, percent, table } from './style.ts';

export function describeExport({ model, format, path, bytes }: ExportEvent): Shown {
  return { result: `${model} written as ${format}: ${path} (${prettyBytes(bytes)})` };
}

export function describeImport(event: ImportEvent): Shown {
  const { model, path, format, classes, labels, leftOut } = event;
  const rows = [
    ['Model', model],
    ['Folder', path],
    ['Format', format],
    ['Classes', `${classes}: ${labels}`],
    ...(leftOut ? [['Left out', `outputs ${leftOut.join(', ')}, which stand for no character`]] : []),
    ['Images', images(event)],
  ];
  return { result: table(rows), log: advice(event) };
}

function images({ transposed, orientation, trial }: ImportEvent): string {
  const taken = transposed ? 'were transposed: the weights have been turned' : 'are upright';
  const tried = trial
    ? `; of ${count(trial.images)} test images of ${trial.split} it reads ${percent(trial.upright)} upright, ` +
      `${percent(trial.transposed)} transposed`
    : '';
  return { given: taken, recorded: taken, detected: taken, assumed: `taken to be upright` }[orientation] + tried;
}

/** What to do where it is not known how the model takes its images. */
function advice({ orientation, trial, model }: ImportEvent): string | undefined {
  if (orientation !== 'assumed') return undefined;
  if (!trial) {
    return (
      `How its images lay is not known, since no data set is there to try. "emnist-tui evaluate --model ${model}" says ` +
      'how it reads upright ones; where that is badly, import it again with --transposed and another --name.'
    );
  }
  return 'It reads neither well enough to tell: was it trained on pixels from 0 to 1, with ink 1?';
}
