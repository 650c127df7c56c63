import type { Status } from '../../app/services.ts';
import { bytes, count, percent } from '../format.ts';
import { clip, printable } from '../text.ts';
import type { Theme } from '../theme.ts';
import { NO_RECORD } from './model-line.ts';

export const MENU = [
  { key: 'f', name: 'Fetch', what: 'get images of handwriting (EMNIST) from NIST or a file' },
  { key: 't', name: 'Train', what: 'teach a network with them and watch it learn' },
  { key: 'd', name: 'Draw', what: 'draw in the browser, see here what is recognized' },
  { key: 'e', name: 'Evaluate', what: 'measure a model on images it has never seen' },
  { key: 'm', name: 'Models', what: 'the models there are' },
  { key: 'c', name: 'Clean', what: 'free disk space' },
  { key: '?', name: 'Help', what: 'keys, and how it all works' },
  { key: 'q', name: 'Quit', what: '' },
] as const;

/** What is there: data sets, models, engine; a line each. */
export function statusLines(status: Status, width: number, theme: Theme): string[] {
  const { present, absent } = theme.glyphs;
  const whole = status.datasets.filter(({ trainImages, testImages }) => trainImages !== null && testImages !== null);
  const own = status.models.filter(({ shipped }) => !shipped);
  const line = (good: boolean, name: string, text: string) =>
    `${theme.paint(good ? 'good' : 'dim', good ? present : absent)} ${theme.paint('strong', name)} ${clip(
      text,
      width - name.length - present.length - 2,
      theme.glyphs.ellipsis,
    )}`;
  const size = whole.reduce((sum, dataset) => sum + dataset.bytes, 0);
  const datasets =
    whole.length > 0
      ? `${whole.map(({ split, trainImages }) => `${split} (${count(trainImages!)} to train)`).join(', ')}, ${bytes(size)}`
      : 'none yet';
  const models = [
    own.length > 0 ? own.map(modelText).join(', ') : 'none of your own yet',
    ...status.models.filter(({ shipped }) => shipped).map(({ name }) => `${name} came with the program`),
  ].join('; ');
  return [
    line(whole.length > 0, 'Data sets', datasets),
    line(status.models.length > 0, 'Models   ', models),
    line(true, 'Engine   ', status.device),
  ];
}

function modelText({ name, training }: Status['models'][number]): string {
  const known = training ? `${percent(training.validationAccuracy, 1)} validation` : NO_RECORD;
  return `${printable(name)} (${known})`;
}

/** The next sensible step, for somebody who is new here. */
export function nextStep(status: Status): string {
  const hasData = status.datasets.some(({ trainImages }) => trainImages !== null);
  const own = status.models.filter(({ shipped }) => !shipped);
  const shipped = status.models.some((model) => model.shipped);
  if (!hasData && own.length === 0) {
    return shipped
      ? 'd draws right away with the model that came along; f gets images to train your own.'
      : 'f gets the images (about 30 MB for the balanced split).';
  }
  if (own.length === 0) return 't trains your first network.';
  if (own.some(({ resumable }) => resumable)) return 't goes on with the training that was cut off.';
  return 'd draws with your model; e measures it on images it has never seen.';
}
