import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { counted } from '../../../app/format.ts';
import { clip, columnsOf, printable } from '../../../app/text-layout.ts';
import { IMAGE_SIZE } from '../../../core/images/image-size.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Lines } from '../../components/lines.tsx';
import { Loading } from '../../components/loading.tsx';
import type { Theme } from '../../theme/theme.ts';
import { readingsText } from './draw-checkpoint.ts';
import { DrawHere } from './draw-here.tsx';
import { shownReading } from './draw-labels.ts';
import { DrawPictures, PICTURE_GAP } from './draw-pictures.tsx';
import type { DrawState } from './draw-state.ts';
import { answerNote, expectedText, readerText } from './draw-texts.ts';
import { DrawWaiting } from './draw-waiting.tsx';
import { writingLines } from './draw-writing-lines.ts';

/** The model and the pages; with a page, the drawing, what the network sees of it, and the predictions. */
export function DrawView({ state: current }: { state: DrawState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width, height } = bodySize(app);
  const state = shownReading(current);
  if (state.phase === 'failed') return <ErrorMessage error={state.error} />;
  if (state.phase === 'starting') return <Loading text="Starting the server" />;
  const head = [clip(connectionLine(state, width, theme), width, theme.glyphs.ellipsis)];
  const failure = state.labels.failure ?? state.modelFailure;
  const isWriting = state.writing.mode === 'word';
  if (state.here && !failure) return <DrawHere state={state} canvas={state.here} />;
  // What was written stays when the page is closed: it is there to be copied.
  const isWaiting = !state.here && state.clients === 0 && !(isWriting && state.writing.accepted.length > 0);
  if (failure || isWaiting) {
    return (
      <Box flexDirection="column">
        <Lines lines={head} />
        {failure ? <ErrorMessage error={failure.error} /> : null}
        {isWaiting ? <DrawWaiting state={state} /> : null}
      </Box>
    );
  }
  // Twice the size if both pictures, the bars and the text fit.
  const scale = width >= 4 * IMAGE_SIZE + 2 * PICTURE_GAP + 24 && height >= IMAGE_SIZE + 7 ? 2 : 1;
  // On a low terminal the URL makes room for the pictures, and the note moves below the bars.
  const isTall = height >= IMAGE_SIZE / 2 + 6;
  const url = state.url + state.fragment;
  if (isWriting) {
    const size = { width, height: height - (isTall ? 1 + Math.ceil(url.length / width) : 1) - 1 };
    return (
      <Box flexDirection="column">
        <Lines lines={head} />
        {isTall ? <Text wrap="hard">{url}</Text> : null}
        <Box marginTop={1}>
          <Lines lines={writingLines(state.writing, size, app.clipboard.hint, theme)} />
        </Box>
      </Box>
    );
  }
  const note =
    answerNote(state) ||
    (state.predictions.length === 0
      ? 'Draw a character in the browser, or press h to draw here, or w to write words.'
      : '');
  const readings = readingsText(state.checkpoint, width, theme.glyphs.separator);
  const style = state.notice ? 'warning' : 'strong';
  // How the reading has changed takes the place of the note, which moves below the bars.
  const isBelow = isTall && readings === '';
  return (
    <Box flexDirection="column">
      <Lines lines={head} />
      {/* Never truncated, since it is there to be copied. */}
      {isTall ? <Text wrap="hard">{url}</Text> : null}
      <Box marginTop={isTall ? 1 : 0}>
        <DrawPictures
          state={state}
          scale={scale}
          width={width}
          note={isBelow ? '' : note || (isTall ? '' : readings)}
        />
      </Box>
      {isTall && readings ? (
        <Box marginTop={1}>
          <Text>{theme.paint('accent', readings)}</Text>
        </Box>
      ) : null}
      {isBelow && note ? (
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
  const expected = state.writing.mode === 'word' ? 'reading words' : printable(expectedText(state));
  const separator = `  ${paint('dim', glyphs.separator)}  `;
  const line = expected ? `${pages}${separator}${paint('strong', expected)}` : pages;
  if (clients === 0 || !reader || state.writing.mode === 'word') return line;
  const whole = `${line}  ${paint('dim', `${glyphs.separator}  ${readerText(reader)}`)}`;
  return expected && columnsOf(whole) > width ? line : whole;
}
