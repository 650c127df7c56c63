import { Box } from 'ink';
import type { ReactNode } from 'react';
import { percent } from '../../../app/format.ts';
import { alignLeft, alignRight, bar, columnsOf, printable } from '../../../app/text-layout.ts';
import { IMAGE_SIZE } from '../../../core/images/image-size.ts';
import { useAppContext } from '../../app-context.ts';
import { grayPicture, strokePicture } from '../../charts/pictures.ts';
import { Lines } from '../../components/lines.tsx';
import { noteLines } from '../../components/notes.ts';
import { fieldLine } from '../../components/text-field.ts';
import type { Theme } from '../../theme/theme.ts';
import { typingProblem } from './draw-labels.ts';
import { SHOWN_ANSWERS } from './draw-reading.ts';
import type { DrawState } from './draw-state.ts';
import { adaptedNote, labelNote, readTime } from './draw-texts.ts';

/** Columns between the pictures. */
export const PICTURE_GAP = 2;
/** Columns of a label: 8 characters, of which few are wide. */
const MAX_LABEL_WIDTH = 10;
/** Columns of the key that chooses an answer: `1. `. */
const KEY_WIDTH = 3;
const MIN_BAR = 4;
/** Columns of a probability, with a space before it. */
const SHARE_WIDTH = 8;

/** The strokes, if there is room for them; the 28x28 image; the bars, with a note below them. */
export function DrawPictures({
  state,
  scale,
  width,
  note,
}: {
  state: DrawState;
  scale: number;
  width: number;
  note: string;
}): ReactNode {
  const { theme } = useAppContext();
  const columns = IMAGE_SIZE * scale;
  const rows = (IMAGE_SIZE * scale) / 2;
  const both = width >= 2 * columns + 2 * PICTURE_GAP + KEY_WIDTH + labelWidth(state) + MIN_BAR + SHARE_WIDTH;
  const barWidth = Math.min(60, width - (both ? 2 : 1) * (columns + PICTURE_GAP));
  const blank = Array.from({ length: rows }, () => ' '.repeat(columns));
  const image = state.image ? grayPicture(state.image, IMAGE_SIZE, theme, scale) : blank;
  const bars = barLines(state, barWidth, theme);
  const notes = [...labelNotes(state, barWidth, theme), note && theme.paint(state.notice ? 'warning' : 'strong', note)];
  const heading = (text: string) => theme.paint('dim', alignLeft(text, columns));
  return (
    <Box>
      {both ? (
        <Box width={columns + PICTURE_GAP} flexShrink={0}>
          <Lines
            lines={[
              heading('Your drawing'),
              ...strokePicture(state.drawing, columns, rows, theme.unicode).map((line) => theme.paint('accent', line)),
            ]}
          />
        </Box>
      ) : null}
      <Box width={columns + PICTURE_GAP} flexShrink={0}>
        <Lines lines={[heading('What the network sees'), ...image]} />
      </Box>
      <Lines lines={[...bars, ...noteLines(notes, barWidth, rows + 1 - bars.length)]} />
    </Box>
  );
}

/** The label being typed, or the last one; then whether the reading was adapted. */
export function labelNotes(state: DrawState, width: number, theme: Theme): string[] {
  const { labels } = state;
  const { tick, ongoing, separator } = theme.glyphs;
  const adapted = theme.paint('dim', adaptedNote(state));
  if (labels.typing) {
    const prompt = 'It is ';
    const problem = typingProblem(labels);
    return [
      prompt + fieldLine(labels.typing.field, width - prompt.length, true, '', theme),
      problem && theme.paint('warning', problem),
    ];
  }
  const note = labelNote(labels, separator);
  if (labels.isSaving) return [theme.paint('dim', note + ongoing), adapted];
  return [note && theme.paint('good', labels.change!.removed ? note : `${tick} ${note}`), adapted];
}

/** Columns of the labels, with a space behind them. */
function labelWidth({ predictions }: DrawState): number {
  const widths = predictions.slice(0, SHOWN_ANSWERS).map(({ label }) => columnsOf(printable(label)));
  return 1 + Math.min(MAX_LABEL_WIDTH, Math.max(1, ...widths));
}

/** The most probable classes. If the drawing is probably not one character, none of them stands out. */
export function barLines(state: DrawState, width: number, theme: Theme): string[] {
  const { predictions, milliseconds, notice } = state;
  const labels = labelWidth(state);
  const heading = milliseconds === null ? 'Predictions' : readTime(milliseconds);
  const best = predictions.slice(0, SHOWN_ANSWERS);
  const lines = best.flatMap(({ label, probability }, index) => {
    const isBest = index === 0 && notice === null;
    const name = theme.paint(
      notice ? 'dim' : isBest ? 'selected' : 'strong',
      alignLeft(alignLeft(printable(label), labels - 1, theme.glyphs.ellipsis), labels),
    );
    const barWidth = Math.max(MIN_BAR, width - KEY_WIDTH - labels - SHARE_WIDTH);
    const bars = theme.paint(isBest ? 'accent' : 'dim', bar(probability, barWidth, theme.glyphs.bar));
    const share = alignRight(percent(probability), 7);
    const key = theme.paint('dim', `${index + 1}. `);
    return [`${key}${name}${bars} ${notice ? theme.paint('dim', share) : share}`, ''];
  });
  return [theme.paint('dim', alignLeft(heading, width)), ...lines];
}
