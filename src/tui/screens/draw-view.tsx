import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { counted, percent } from '../../app/format.ts';
import { alignLeft, alignRight, bar } from '../../app/text-layout.ts';
import type { Split } from '../../core/dataset/splits.ts';
import { IMAGE_SIZE } from '../../core/images/image-size.ts';
import { type AppContextValue, useAppContext } from '../app-context.ts';
import { grayPicture, strokePicture } from '../charts/pictures.ts';
import { bodySize } from '../components/body-size.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { Lines } from '../components/lines.tsx';
import { Loading } from '../components/loading.tsx';
import type { Theme } from '../theme/theme.ts';
import { type DrawState, mergedClassNote } from './draw-state.ts';

const GAP = 2;
const PREDICTIONS = 5;

/** The drawing, what the network sees of it, and the predictions. */
export function DrawView({ state, model }: { state: DrawState; model?: string }): ReactNode {
  const app = useAppContext();
  const { width, height } = bodySize(app);
  if (state.phase === 'failed') return <ErrorMessage error={state.error} />;
  if (state.phase === 'starting') return <Loading text="Starting the server" />;
  // Twice the size if both pictures, the bars and the text fit.
  const scale = width >= 4 * IMAGE_SIZE + 2 * GAP + 24 && height >= IMAGE_SIZE + 7 ? 2 : 1;
  // On a low terminal the URL makes room for the pictures once a page is connected.
  const isTall = height >= IMAGE_SIZE / 2 + 6;
  const showUrl = isTall || state.clients === 0;
  return (
    <Box flexDirection="column">
      <Text>{connectionLine(state.clients, app.theme)}</Text>
      {/* Never truncated, since it is there to be copied. */}
      {showUrl ? <Text wrap="hard">{state.url}</Text> : null}
      {isTall || state.clients > 0 ? (
        <Box marginTop={isTall ? 1 : 0}>
          <Pictures state={state} scale={scale} width={width} />
        </Box>
      ) : null}
      {showUrl ? (
        <Box marginTop={1}>
          <Text wrap="truncate">{note(state, splitOf(app, model), app.theme)}</Text>
        </Box>
      ) : null}
    </Box>
  );
}

function connectionLine(clients: number, { paint, glyphs }: Theme): string {
  return clients > 0
    ? paint('good', `${glyphs.tick} ${counted(clients, 'page')} connected`)
    : paint('warning', `${glyphs.warning} no page connected`);
}

/** The strokes, if there is room for them; the 28x28 image; the bars. */
function Pictures({ state, scale, width }: { state: DrawState; scale: number; width: number }): ReactNode {
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
      <Lines lines={barLines(state, barWidth, theme)} />
    </Box>
  );
}

function barLines({ predictions, milliseconds }: DrawState, width: number, theme: Theme): string[] {
  const heading =
    milliseconds === null ? 'Predictions' : `Read in ${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
  const lines = predictions.slice(0, PREDICTIONS).flatMap(({ label, probability }, index) => {
    const isBest = index === 0;
    const name = theme.paint(isBest ? 'selected' : 'strong', alignLeft(label, 2));
    const bars = theme.paint(isBest ? 'accent' : 'dim', bar(probability, Math.max(4, width - 10), theme.glyphs.bar));
    return [`${name}${bars} ${alignRight(percent(probability), 7)}`, ''];
  });
  return [theme.paint('dim', alignLeft(heading, width)), ...lines];
}

/** The split that the model was trained on, if known. */
function splitOf({ status }: AppContextValue, model: string | undefined): Split | undefined {
  return status?.models.find(({ name, shipped }) => (model ? name === model : shipped))?.training?.split;
}

function note({ clients, browserError, predictions }: DrawState, split: Split | undefined, theme: Theme): string {
  const arrow = theme.paint('accent', theme.glyphs.arrow);
  if (clients === 0) {
    return browserError
      ? `${arrow} Could not open a browser. Open the address above in one.`
      : `${arrow} Waiting for the page. Press o to reopen the browser, or copy the address.`;
  }
  const best = predictions[0];
  if (!best) return `${arrow} Draw a letter or a digit in the browser.`;
  return (split && mergedClassNote(split, best.label)) ?? '';
}
