import type { SampleReading } from '../../../app/assess-samples.ts';
import { count, counted, percent } from '../../../app/format.ts';
import { alignLeft, alignRight, columnsOf, printable } from '../../../app/text-layout.ts';
import { MIN_SAMPLES } from '../../../core/training/hold-out.ts';
import { nextStep } from '../../components/next-step.ts';
import type { Style, Theme } from '../../theme/theme.ts';
import type { SampleGroup, SampleList } from './sample-list.ts';

/** Columns of a label: 8 characters, of which few are wide. */
const MAX_LABEL_WIDTH = 10;
const COUNT_WIDTH = 7;

const STYLES = { right: 'good', unsure: 'warning', wrong: 'bad' } as const satisfies Record<SampleReading, Style>;
const MEANINGS = { right: 'right', unsure: 'right, not sure', wrong: 'wrong' } as const;
const READINGS = ['right', 'unsure', 'wrong'] as const;

/** The number of samples and, if there is room, how the model reads them. */
export function summaryLine({ labels, model, readings }: SampleList, width: number, { paint, glyphs }: Theme): string {
  const all = labels?.length ?? 0;
  const number = `${counted(all, 'sample')} of ${counted(new Set(labels).size, 'label')}`;
  const right = readings.filter((reading) => reading !== 'wrong').length;
  const isDone = readings.length === all;
  const how = isDone
    ? `reads ${count(right)} right (${percent(all === 0 ? 0 : right / all)})`
    : `has read ${count(readings.length)} of ${count(all)}`;
  const separator = `  ${paint('dim', glyphs.separator)}  `;
  const texts = model ? [`${printable(model)} ${how}`, isDone ? `${percent(right / all)} read right` : how] : [];
  const text = texts.find((one) => columnsOf(number + separator + one) <= width);
  return paint('strong', number) + (text === undefined ? '' : separator + text);
}

/** What the dots mean. */
export function legendLine(width: number, theme: Theme): string {
  const parts = READINGS.map((reading) => `${dot(reading, theme)} ${theme.paint('dim', MEANINGS[reading])}`);
  const title = theme.paint('dim', 'One dot per sample, the latest last:');
  const whole = [title, ...parts].join('  ');
  return columnsOf(whole) <= width ? whole : parts.join('  ');
}

/** A label, its number of samples, and a dot for each of the latest. */
export function groupLine(
  { name, readings, isNew }: SampleGroup,
  { isFocused, groups, width }: { isFocused: boolean; groups: readonly SampleGroup[]; width: number },
  theme: Theme,
): string {
  const { glyphs, paint } = theme;
  const labels = groups.map((group) => columnsOf(printable(group.name)));
  const labelWidth = Math.min(MAX_LABEL_WIDTH, Math.max(3, ...labels));
  const pointer = isFocused ? paint('selected', glyphs.pointer) : ' '.repeat(columnsOf(glyphs.pointer));
  const label = paint(isFocused ? 'selected' : 'strong', alignLeft(printable(name), labelWidth, glyphs.ellipsis));
  const head = `${pointer} ${label}${alignRight(count(readings.length), COUNT_WIDTH)}  `;
  const note = isNew ? `  ${paint('warning', 'new to the model')}` : '';
  const room = Math.max(1, width - columnsOf(head) - columnsOf(note));
  return (
    head +
    readings
      .slice(-room)
      .map((reading) => dot(reading, theme))
      .join('') +
    note
  );
}

/** How a sample is read; null if it has not been read yet. */
function dot(reading: SampleReading | null, { glyphs, paint }: Theme): string {
  return reading === null ? paint('dim', glyphs.dots.unread) : paint(STYLES[reading], glyphs.dots[reading]);
}

/** What to do next. */
export function samplesNotes({ labels, readings }: SampleList, theme: Theme): string[] {
  const all = labels?.length ?? 0;
  if (all === 0) {
    return [
      'No samples yet. A sample is a drawing that you have labeled: it shows how you write a character.',
      nextStep('press p to practice: the page asks for characters, and you write them.', theme),
      'Or press d to draw, and label your drawings on the page or here.',
    ];
  }
  const missing = MIN_SAMPLES - all;
  if (missing > 0) {
    return [
      `Learning needs at least ${MIN_SAMPLES} samples. Add ${missing} more.`,
      nextStep('press p to practice, or d to draw and label.', theme),
    ];
  }
  const isPerfect = readings.length === all && readings.every((reading) => reading === 'right');
  return [
    nextStep(
      isPerfect
        ? 'press p to practice more: the model already reads all your samples right.'
        : 'press Enter to learn from them, or p to practice more.',
      theme,
    ),
    theme.paint('dim', 'The new model is kept only if it reads your handwriting better.'),
  ];
}
