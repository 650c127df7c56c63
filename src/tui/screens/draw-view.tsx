import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { Split } from '../../core/dataset/splits.ts';
import { IMAGE_SIZE } from '../../core/images/image-size.ts';
import { bar } from '../charts/bar.ts';
import { grayPicture, strokePicture } from '../charts/pixels.ts';
import { bodySize } from '../components/frame.tsx';
import { Lines } from '../components/lines.tsx';
import { Problem } from '../components/problem.tsx';
import { percent } from '../format.ts';
import { type Shell, useShell } from '../shell.ts';
import { alignLeft, alignRight } from '../text.ts';
import { type DrawState, mergedHint } from './draw-state.ts';

const GAP = 2;
const PREDICTIONS = 5;

/** What is drawn, what the network sees of it, and what it takes it for. */
export function DrawView({ state, model }: { state: DrawState; model?: string }): ReactNode {
  const shell = useShell();
  const { theme } = shell;
  const { width, height } = bodySize(shell);
  if (state.phase === 'failed') return <Problem error={state.error} />;
  if (state.phase === 'starting') return <Text>{theme.paint('dim', 'Starting the canvas')}</Text>;
  const pages = state.clients === 1 ? '1 page connected' : `${state.clients} pages connected`;
  const connected = theme.paint(
    state.clients > 0 ? 'good' : 'warning',
    `${state.clients > 0 ? theme.glyphs.present : theme.glyphs.warning} ${state.clients > 0 ? pages : 'no page connected'}`,
  );
  // Twice the size where both pictures, the bars and the text fit.
  const scale = width >= 4 * IMAGE_SIZE + 2 * GAP + 24 && height >= IMAGE_SIZE + 7 ? 2 : 1;
  // The address in full, even on two lines: it is there to be copied. In a low terminal it gives way to the pictures.
  const roomy = height >= IMAGE_SIZE / 2 + 6;
  const showAddress = roomy || state.clients === 0;
  return (
    <Box flexDirection="column">
      <Text>{connected}</Text>
      {showAddress ? <Text wrap="hard">{state.url}</Text> : null}
      {roomy || state.clients > 0 ? (
        <Box marginTop={roomy ? 1 : 0}>
          <Pictures state={state} scale={scale} width={width} />
        </Box>
      ) : null}
      {showAddress ? (
        <Box marginTop={1}>
          <Text wrap="truncate">{note(state, splitOf(shell, model), shell)}</Text>
        </Box>
      ) : null}
    </Box>
  );
}

/** The strokes, where there is room; the 28x28; the bars. */
function Pictures({ state, scale, width }: { state: DrawState; scale: number; width: number }): ReactNode {
  const { theme } = useShell();
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
              heading('What you drew'),
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

function barLines(state: DrawState, width: number, theme: Shell['theme']): string[] {
  const { predictions, milliseconds } = state;
  if (predictions.length === 0) return [theme.paint('dim', alignLeft('What it reads', width))];
  const took =
    milliseconds === null ? '' : `Read in ${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
  const lines = predictions.slice(0, PREDICTIONS).flatMap(({ label, probability }, index) => {
    const text = `${theme.paint(index === 0 ? 'selected' : 'strong', alignLeft(label, 2))}${theme.paint(
      index === 0 ? 'accent' : 'dim',
      bar(probability, Math.max(4, width - 11), theme.glyphs),
    )} ${alignRight(percent(probability, 1), 8)}`;
    return [text, ''];
  });
  return [theme.paint('dim', alignLeft(took || 'What it reads', width)), ...lines];
}

/** The split whose classes the model has, as far as it can be told. */
function splitOf({ status }: Shell, model: string | undefined): Split | undefined {
  return status?.models.find(({ name, shipped }) => (model ? name === model : shipped))?.training?.split;
}

function note(state: DrawState, split: Split | undefined, { theme }: Shell): string {
  const arrow = theme.paint('accent', theme.glyphs.arrow);
  if (state.clients === 0) {
    return state.browserError
      ? `${arrow} The browser could not be opened: copy the address above into one.`
      : `${arrow} Waiting for the page: o opens the browser again, or copy the address above.`;
  }
  const best = state.predictions[0];
  if (!best) return `${arrow} Draw a letter or a digit in the browser.`;
  return (split && mergedHint(split, best.label)) ?? '';
}
