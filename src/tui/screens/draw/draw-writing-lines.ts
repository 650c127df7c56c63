import { counted, percent } from '../../../app/format.ts';
import { segmentationLines } from '../../../app/segmentation-lines.ts';
import { alignLeft, alignRight, bar, columnsOf, printable, wrap } from '../../../app/text-layout.ts';
import { drawingBox } from '../../../core/strokes/geometry.ts';
import { strokePicture } from '../../charts/pictures.ts';
import type { Theme } from '../../theme/theme.ts';
import { readTime } from './draw-texts.ts';
import { acceptedText, type WritingState, type WrittenLine } from './draw-writing.ts';

const CANDIDATES = 5;
/** The candidates that stay where there is little room. */
const FEWEST_CANDIDATES = 2;
/** Columns of a probability, with a space before it. */
const SHARE_WIDTH = 8;
const MAX_BAR = 40;
/** The lines of a segmentation that belong together. */
const CUT_ROWS = 3;
const PICTURE_ROWS = { min: 5, max: 12 } as const;

/** The accepted text, then the line being written: its strokes, its candidates, and how it was cut into characters. */
export function writingLines(
  state: WritingState,
  { width, height }: { width: number; height: number },
  hint: string,
  theme: Theme,
): string[] {
  const { line } = state;
  const text = textLines(state, width, theme);
  const notes = copyNote(state, hint, theme).flatMap((note) => wrap(note, width));
  if (!line) return above([...text, ...notes], height - 2, ['', startNote(state, theme)]);
  const cut = segmentationLines(line.reading, width, {
    heading: (part) => theme.paint('dim', part),
    character: (part) => theme.paint('strong', part),
    unsure: (part) => theme.paint('warning', part),
  });
  const candidates = candidateLines(line, width, theme);
  // The blank lines between the parts.
  let room = height - candidates.length - cut.length - 2 - notes.length;
  while (room < 1 && candidates.length > 1 + FEWEST_CANDIDATES) {
    candidates.pop();
    room++;
  }
  // What was written last is the most interesting.
  const rows = cut.length - Math.ceil(Math.max(0, 1 - room) / CUT_ROWS) * CUT_ROWS;
  const shownCut = rows > 0 ? cut.slice(-rows) : [];
  const below = ['', ...candidates, '', ...shownCut];
  const picture = pictureLines(line, width, height - below.length - notes.length - text.length - 1, theme);
  return above(text, height - notes.length - below.length - picture.length, [...notes, ...below, ...picture]);
}

/** The last of the first lines that fit above the others. */
function above(first: readonly string[], height: number, others: readonly string[]): string[] {
  return [...first.slice(-Math.max(1, height)), ...others];
}

/** The accepted text, or how to get some. */
function textLines(state: WritingState, width: number, theme: Theme): string[] {
  const text = printable(acceptedText(state));
  if (text === '') return [theme.paint('dim', 'What you accept on the page is collected here.')];
  return wrap(text, width).map((part) => theme.paint('strong', part));
}

/** Terminals do not say whether they have obeyed. */
function copyNote({ copied }: WritingState, hint: string, theme: Theme): string[] {
  if (!copied) return [];
  switch (copied.result) {
    case 'sent':
      return [theme.paint('good', `${theme.glyphs.tick} Copied ${counted(copied.characters, 'character')}`), hint];
    case 'too-long':
      return [theme.paint('warning', `${theme.glyphs.warning} Too long for the clipboard. Copy it on the page.`)];
    case 'unsupported':
      return [theme.paint('warning', `${theme.glyphs.warning} This terminal has no clipboard. Copy it on the page.`)];
  }
}

function startNote({ accepted }: WritingState, { paint, glyphs }: Theme): string {
  const what = accepted.length === 0 ? 'Write a word or a line in the browser.' : 'Write the next line in the browser.';
  return `${paint('accent', glyphs.arrow)} ${paint('strong', what)}`;
}

function candidateLines({ reading, milliseconds }: WrittenLine, width: number, theme: Theme): string[] {
  const best = reading.candidates.slice(0, CANDIDATES);
  const heading = theme.paint('dim', readTime(milliseconds));
  if (best.length === 0) return [heading, theme.paint('warning', 'No character was found.')];
  const texts = best.map(({ text }) => printable(text));
  const room = width - SHARE_WIDTH;
  const textWidth = Math.min(Math.max(...texts.map(columnsOf)), room);
  const barWidth = Math.min(MAX_BAR, room - textWidth - 1);
  const lines = best.map(({ probability }, index) => {
    const isBest = index === 0;
    const text = alignLeft(texts[index]!, textWidth, theme.glyphs.ellipsis);
    const bars = theme.paint(isBest ? 'accent' : 'dim', bar(probability, barWidth, theme.glyphs.bar));
    return (
      theme.paint(isBest ? 'selected' : 'strong', text) +
      (barWidth > 0 ? ` ${bars}` : '') +
      alignRight(percent(probability), SHARE_WIDTH)
    );
  });
  return [heading, ...lines];
}

/** The strokes, if there is room for them. */
function pictureLines({ strokes }: WrittenLine, width: number, height: number, theme: Theme): string[] {
  if (height < PICTURE_ROWS.min) return [];
  const box = drawingBox(strokes);
  // A cell is twice as high as wide.
  const widest = Math.ceil((width * box.height) / (2 * box.width)) || 1;
  const rows = Math.min(PICTURE_ROWS.max, height, widest);
  const columns = Math.min(width, Math.ceil((2 * rows * box.width) / box.height) || 1);
  const picture = strokePicture(strokes, columns, rows, theme.unicode);
  return ['', ...picture.map((row) => theme.paint('accent', row))];
}
