import { bytes, counted, percent } from '../../../app/format.ts';
import type { Status } from '../../../app/services.ts';
import { clip, columnsOf, printable } from '../../../app/text-layout.ts';
import type { Theme } from '../../theme/theme.ts';
import type { SessionStatus } from '../../training-session.ts';
import { NO_RECORD } from '../models/model-entry.ts';

export const MENU = [
  { key: 'f', name: 'Fetch', description: 'get EMNIST from NIST, or from a file' },
  { key: 't', name: 'Train', description: 'train a network and watch it learn' },
  { key: 'd', name: 'Draw', description: 'draw or write, here or in the browser' },
  { key: 'l', name: 'Learn', description: 'teach a model your handwriting' },
  { key: 'e', name: 'Evaluate', description: 'measure a model on images it has not seen' },
  { key: 'm', name: 'Models', description: 'use, resume or delete one of the models' },
  { key: 'i', name: 'Images', description: 'look at the images of a data set' },
  { key: 'c', name: 'Clean', description: 'free disk space' },
  { key: '?', name: 'Help', description: 'keys, and what the figures mean' },
  { key: 'q', name: 'Quit', description: '' },
] as const;

/** The data sets, models and engine, one per line. */
export function statusLines(status: Status, width: number, theme: Theme): string[] {
  const { tick, missing, ellipsis } = theme.glyphs;
  const line = (ok: boolean, name: string, text: string) =>
    `${theme.paint(ok ? 'good' : 'dim', ok ? tick : missing)} ${theme.paint('strong', name)} ${clip(
      text,
      width - name.length - tick.length - 2,
      ellipsis,
    )}`;
  const fetched = status.datasets.filter(({ trainImages, testImages }) => trainImages !== null && testImages !== null);
  const size = fetched.reduce((sum, dataset) => sum + dataset.bytes, 0);
  const trained = status.models.filter(({ shipped }) => !shipped);
  const builtIn = status.models.filter(({ shipped }) => shipped);
  const models = [
    ...(trained.length > 0 ? trained.map(modelText) : ['none trained yet']),
    ...builtIn.map(({ name }) => `${name} (built-in)`),
  ];
  const unusable = status.unusable.length > 0 ? `; ${status.unusable.length} unusable` : '';
  // The mark, the names and the spaces between.
  const room = width - 'Data sets'.length - tick.length - 2;
  const sizeText = ` (${bytes(size)})`;
  const splits = fetched.map(({ split }) => split);
  const datasets = splits.length > 0 ? enumeration(splits, 'data set', room - sizeText.length) + sizeText : 'none yet';
  return [
    line(fetched.length > 0, 'Data sets', datasets),
    line(status.models.length > 0, 'Models   ', enumeration(models, 'model', room - unusable.length) + unusable),
    line(true, 'Engine   ', status.device),
  ];
}

/** As many as fit, and how many more there are. */
function enumeration(items: readonly string[], noun: string, width: number): string {
  for (let shown = items.length; shown > 0; shown--) {
    const more = items.length - shown;
    const text = [...items.slice(0, shown), ...(more > 0 ? [`${more} more`] : [])].join(', ');
    if (columnsOf(text) <= width || items.length === 1) return text;
  }
  return counted(items.length, noun);
}

function modelText({ name, training }: Status['models'][number]): string {
  const quality = training ? `${percent(training.validationAccuracy)} validation` : NO_RECORD;
  return `${printable(name)} (${quality})`;
}

/** What `t` shows instead of the form: the current run, or its result; null if it shows the form. */
export function runSuggestion({ state, model, isSeen }: SessionStatus): string | null {
  if (state.phase === 'running') return `press t to watch ${printable(model)} learn, or d to draw in the meantime.`;
  return isSeen ? null : `press t to see how training ${printable(model)} went.`;
}

/** What a newcomer should do next. */
export function suggestion(status: Status): string {
  const { datasets, models, unfinished } = status;
  const hasData = datasets.some(({ trainImages }) => trainImages !== null);
  const run = unfinished.find(({ holder }) => !holder);
  if (run) {
    const progress = `${run.epochsDone} of ${run.epochs} epochs`;
    return `press t to resume the interrupted training run of ${printable(run.name)} (${progress}).`;
  }
  // The one that is used by default.
  const [model] = models;
  if (model && !model.shipped) {
    const knows = model.training ? `trained on ${model.training.split}` : NO_RECORD;
    return `press d to draw with ${printable(model.name)} (${knows}), or e to evaluate it on new images.`;
  }
  if (hasData) return 'press t to train your first network.';
  return model
    ? 'press d to draw right away with the built-in model, or f to fetch images for training.'
    : 'press f to fetch images (about 30 MB for balanced).';
}
