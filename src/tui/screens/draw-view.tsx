import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { counted, percent } from '../../app/format.ts';
import { alignLeft, alignRight, bar, clip, columnsOf, printable, wrap } from '../../app/text-layout.ts';
import { IMAGE_SIZE } from '../../core/images/image-size.ts';
import { useAppContext } from '../app-context.ts';
import { grayPicture, strokePicture } from '../charts/pictures.ts';
import { bodySize } from '../components/body-size.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { Lines } from '../components/lines.tsx';
import { Loading } from '../components/loading.tsx';
import type { Theme } from '../theme/theme.ts';
import type { DrawState } from './draw-state.ts';
import { answerNote, expectedText, readerText } from './draw-texts.ts';
import { DrawWaiting } from './draw-waiting.tsx';

const GAP = 2;
const PREDICTIONS = 5;
/** Columns of a label: 8 characters, of which few are wide. */
const MAX_LABEL_WIDTH = 10;

/** The model and the pages; with a page, the drawing, what the network sees of it, and the predictions. */
export function DrawView({ state }: { state: DrawState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width, height } = bodySize(app);
  if (state.phase === 'failed') return <ErrorMessage error={state.error} />;
  if (state.phase === 'starting') return <Loading text="Starting the server" />;
  const head = [clip(connectionLine(state, width, theme), width, theme.glyphs.ellipsis)];
  if (state.modelFailure || state.clients === 0) {
    return (
      <Box flexDirection="column">
        <Lines lines={head} />
        {state.modelFailure ? <ErrorMessage error={state.modelFailure.error} /> : null}
        {state.clients === 0 ? <DrawWaiting state={state} /> : null}
      </Box>
    );
  }
  // Twice the size if both pictures, the bars and the text fit.
  const scale = width >= 4 * IMAGE_SIZE + 2 * GAP + 24 && height >= IMAGE_SIZE + 7 ? 2 : 1;
  // On a low terminal the URL makes room for the pictures, and the note moves below the bars.
  const isTall = height >= IMAGE_SIZE / 2 + 6;
  const note = answerNote(state) || (state.predictions.length === 0 ? 'Draw in the browser.' : '');
  const style = state.notice ? 'warning' : 'strong';
  return (
    <Box flexDirection="column">
      <Lines lines={head} />
      {/* Never truncated, since it is there to be copied. */}
      {isTall ? <Text wrap="hard">{state.url}</Text> : null}
      <Box marginTop={isTall ? 1 : 0}>
        <Pictures state={state} scale={scale} width={width} note={isTall ? '' : note} />
      </Box>
      {isTall && note ? (
        <Box marginTop={1}>
          <Lines
            lines={[
              clip(
                `${theme.paint('accent', theme.glyphs.arrow)} ${theme.paint(style, note)}`,
                width,
                theme.glyphs.ellipsis,
              ),
            ]}
          />
        </Box>
      ) : null}
    </Box>
  );
}

/** Whether pages are connected, what is expected and, if there is room, what the model knows; its name is in the title. */
function connectionLine(state: DrawState, width: number, { paint, glyphs }: Theme): string {
  const { clients, reader } = state;
  const pages =
    clients === 0
      ? paint('warning', `${glyphs.warning} no page connected`)
      : paint('good', `${glyphs.tick} ${counted(clients, 'page')} connected`);
  const expected = printable(expectedText(state));
  const separator = `  ${paint('dim', glyphs.separator)}  `;
  const line = expected ? `${pages}${separator}${paint('strong', expected)}` : pages;
  if (clients === 0 || !reader) return line;
  const whole = `${line}  ${paint('dim', `${glyphs.separator}  ${readerText(reader)}`)}`;
  return expected && columnsOf(whole) > width ? line : whole;
}

/** The strokes, if there is room for them; the 28x28 image; the bars, with a note below them. */
function Pictures({
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
  const both = width >= 2 * columns + 2 * GAP + 16;
  const barWidth = Math.min(60, width - (both ? 2 : 1) * (columns + GAP));
  const blank = Array.from({ length: rows }, () => ' '.repeat(columns));
  const image = state.image ? grayPicture(state.image, IMAGE_SIZE, theme, scale) : blank;
  const heading = (text: string) => theme.paint('dim', alignLeft(text, columns));
  return (
    <Box>
      {both ? (
        <Box width={columns + GAP} flexShrink={0}>
          <Lines
            lines={[
              heading('Your drawing'),
              ...strokePicture(state.drawing, columns, rows, theme.unicode).map((line) => theme.paint('accent', line)),
            ]}
          />
        </Box>
      ) : null}
      <Box width={columns + GAP} flexShrink={0}>
        <Lines lines={[heading('What the network sees'), ...image]} />
      </Box>
      <Lines
        lines={[
          ...barLines(state, barWidth, theme),
          ...(note ? wrap(note, barWidth).map((line) => theme.paint(state.notice ? 'warning' : 'strong', line)) : []),
        ]}
      />
    </Box>
  );
}

/** The most probable classes. If the drawing is probably not one character, none of them stands out. */
function barLines({ predictions, milliseconds, notice }: DrawState, width: number, theme: Theme): string[] {
  const heading =
    milliseconds === null ? 'Predictions' : `Read in ${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
  const best = predictions.slice(0, PREDICTIONS);
  const labelWidth =
    1 + Math.min(MAX_LABEL_WIDTH, Math.max(1, ...best.map(({ label }) => columnsOf(printable(label)))));
  const lines = best.flatMap(({ label, probability }, index) => {
    const isBest = index === 0 && notice === null;
    const name = theme.paint(
      notice ? 'dim' : isBest ? 'selected' : 'strong',
      alignLeft(alignLeft(printable(label), labelWidth - 1, theme.glyphs.ellipsis), labelWidth),
    );
    const barWidth = Math.max(4, width - labelWidth - 8);
    const bars = theme.paint(isBest ? 'accent' : 'dim', bar(probability, barWidth, theme.glyphs.bar));
    const share = alignRight(percent(probability), 7);
    return [`${name}${bars} ${notice ? theme.paint('dim', share) : share}`, ''];
  });
  return [theme.paint('dim', alignLeft(heading, width)), ...lines];
}
