import { Box } from 'ink';
import type { ReactNode } from 'react';
import { counted } from '../../../app/format.ts';
import { clip, columnsOf, printable } from '../../../app/text-layout.ts';
import { IMAGE_SIZE } from '../../../core/images/image-size.ts';
import { useAppContext } from '../../app-context.ts';
import { canvasPicture, grayPicture, thumbnail } from '../../charts/pictures.ts';
import { bodySize } from '../../components/body-size.ts';
import { Lines } from '../../components/lines.tsx';
import { noteLines } from '../../components/notes.ts';
import type { Theme } from '../../theme/theme.ts';
import { type Canvas, SIDE } from './draw-canvas.ts';
import { readingsText } from './draw-checkpoint.ts';
import { type HereLayout, hereLayout, SIDE_GAP } from './draw-here-layout.ts';
import { barLines, labelNotes } from './draw-pictures.tsx';
import type { DrawState } from './draw-state.ts';
import { answerNote, expectedText, readerText } from './draw-texts.ts';

const MAX_BARS = 60;
const NO_IMAGE = new Uint8Array(IMAGE_SIZE ** 2);

/** The canvas in the terminal, and beside it what the network sees and the answers. */
export function DrawHere({ state, canvas }: { state: DrawState; canvas: Canvas }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const size = bodySize(app);
  const layout = hereLayout(size);
  return (
    <Box flexDirection="column">
      <Lines lines={[headLine(state, size.width, theme)]} />
      <Box>
        <Box width={layout.columns + 2 + SIDE_GAP} flexShrink={0}>
          <Lines lines={canvasLines(canvas, layout, theme)} />
        </Box>
        <Lines lines={besideLines(state, canvas, layout, size.height - 1, app.mouse.isSupported, theme)} />
      </Box>
    </Box>
  );
}

/**
 * What is expected, whether pages are open, and if there is room, how the reading has changed in training, or else what the model
 * knows; its name is in the title.
 */
function headLine(state: DrawState, width: number, { paint, glyphs }: Theme): string {
  const { reader, clients } = state;
  const separator = `  ${glyphs.separator}  `;
  const needed = [
    'drawing here',
    printable(expectedText(state)),
    clients > 0 ? `${counted(clients, 'page')} connected` : '',
  ];
  const join = (parts: readonly string[]) => parts.filter(Boolean).join(separator);
  const left = width - columnsOf(join(needed) + separator);
  const readings = readingsText(state.checkpoint, left, glyphs.separator);
  if (readings) return paint('dim', join(needed) + separator) + paint('accent', readings);
  const whole = join([...needed, reader ? readerText(reader) : '']);
  return paint('dim', clip(columnsOf(whole) <= width ? whole : join(needed), width, glyphs.ellipsis));
}

function canvasLines(canvas: Canvas, { columns, rows }: HereLayout, theme: Theme): string[] {
  const { corners, axisVertical, rule } = theme.glyphs;
  const { strokes, stroke, cursor, hasCursor } = canvas;
  const drawing = stroke ? [...strokes, stroke] : strokes;
  const edge = theme.paint('dim', axisVertical);
  const inCells = (at: number, cells: number) => Math.min(cells - 1, Math.floor((at * cells) / SIDE));
  const [x, y] = [inCells(cursor[0], columns), inCells(cursor[1], rows)];
  const lines = canvasPicture(drawing, SIDE, columns, rows, theme.unicode).map((line, row) => {
    if (!hasCursor || row !== y) return edge + theme.paint('accent', line) + edge;
    const at = cursorCell(line[x]!, stroke !== null, theme);
    return edge + theme.paint('accent', line.slice(0, x)) + at + theme.paint('accent', line.slice(x + 1)) + edge;
  });
  const border = (left: string, right: string) => theme.paint('dim', left + rule.repeat(columns) + right);
  return [border(corners[0], corners[1]), ...lines, border(corners[2], corners[3])];
}

/** The cell of the cursor in inverse; without attributes, a letter: a capital one while the pen is down. */
function cursorCell(cell: string, isDown: boolean, theme: Theme): string {
  if (theme.colors === 'none') return isDown ? 'X' : 'x';
  return theme.paint('textCursor', cell === ' ' ? '+' : cell);
}

function besideLines(
  state: DrawState,
  canvas: Canvas,
  { beside, image, isLoose }: HereLayout,
  height: number,
  hasMouse: boolean,
  theme: Theme,
): string[] {
  const seen = state.image ?? NO_IMAGE;
  const picture = image === 'thumbnail' ? thumbnail(seen, theme) : grayPicture(seen, IMAGE_SIZE, theme, image);
  const all = barLines(state, Math.min(MAX_BARS, beside), theme);
  const bars = isLoose ? all : all.filter(Boolean);
  const lines = [theme.paint('dim', 'What the network sees'), ...picture, '', ...bars];
  const note = answerNote(state);
  const notes = [
    ...labelNotes(state, beside, theme),
    note && theme.paint(state.notice ? 'warning' : 'strong', note),
    penNote(canvas, hasMouse, theme),
  ];
  return [...lines, ...noteLines(notes, beside, height - lines.length)];
}

/** How to draw, until something is drawn; and whether the pen of the keys is down. */
function penNote({ strokes, stroke, hasCursor }: Canvas, hasMouse: boolean, theme: Theme): string {
  if (stroke && hasCursor)
    return theme.paint('strong', 'The pen is down. Move it with the arrow keys, and lift it with Space.');
  if (strokes.length > 0 || stroke) return '';
  const keys = 'Put the pen down with Space, and move it with the arrow keys.';
  return hasMouse ? `Draw with the mouse. Or: ${keys.charAt(0).toLowerCase()}${keys.slice(1)}` : keys;
}
