import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { fetchWaitText } from '../../../app/fetch-wait-text.ts';
import { bytes, count, percent, timeLeft } from '../../../app/format.ts';
import { alignRight, bar, clip, columnsOf, printable, wrap } from '../../../app/text-layout.ts';
import { isSplit } from '../../../core/dataset/dataset-name.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Lines } from '../../components/lines.tsx';
import { nextStep } from '../../components/next-step.ts';
import type { Theme } from '../../theme/theme.ts';
import { doneShare, type FetchState, secondsLeft } from './fetch-state.ts';

/** The splits already fetched, and the progress of the current download. */
export function FetchProgress({ state }: { state: FetchState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width } = bodySize(app);
  const split = state.split ?? state.choice;
  const what = `${isSplit(split) || split === 'all' ? 'Fetching' : 'Reading'} ${theme.paint('strong', split)} from `;
  const source = clip(printable(state.source), width - columnsOf(what), theme.glyphs.ellipsis);
  const share = doneShare(state) ?? 0;
  const bars = theme.paint('accent', bar(share, Math.min(100, width - 8), theme.glyphs.bar));
  return (
    <Box flexDirection="column">
      <Lines lines={finishedLines(state, width, theme)} />
      <Box marginTop={1}>
        <Lines
          lines={[
            what + source,
            bars + (state.total === null ? '' : alignRight(percent(share, 0), 7)),
            state.canceling ? `Canceling${theme.glyphs.ongoing}` : numbers(state, theme),
            ...waitingLines(state, width),
          ]}
        />
      </Box>
    </Box>
  );
}

/** The splits that were fetched, and what to do next or what went wrong. */
export function FetchResult({ state }: { state: FetchState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width } = bodySize(app);
  const { warning } = theme.glyphs;
  return (
    <Box flexDirection="column" marginTop={1}>
      <Lines lines={finishedLines(state, width, theme)} />
      {state.phase === 'failed' ? <ErrorMessage error={state.error} /> : null}
      {state.phase === 'canceled' ? (
        <Text>{`${theme.paint('warning', warning)} Canceled. The next fetch resumes the download.`}</Text>
      ) : null}
      {state.phase === 'done' ? (
        <Box marginTop={1}>
          <Text>{nextStep('press Enter or t to train on it, or i to look at the images.', theme)}</Text>
        </Box>
      ) : null}
    </Box>
  );
}

/** Why there is no progress, and what the user can do about it. */
function waitingLines({ waiting, canceling }: FetchState, width: number): string[] {
  if (waiting === null || canceling) return [];
  const text = fetchWaitText(waiting);
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  const advice = waiting.for === 'process' && waiting.isRunning ? ' Or cancel this one.' : '';
  return wrap(printable(sentence + advice), width);
}

/** `15 MB of 30 MB  ·  5 MB/s  ·  3s left`, with the parts that are known. */
function numbers(state: FetchState, { glyphs }: Theme): string {
  const left = secondsLeft(state);
  return [
    bytes(state.bytes) + (state.total === null ? '' : ` of ${bytes(state.total)}`),
    state.bytesPerSecond > 0 ? `${bytes(state.bytesPerSecond)}/s` : '',
    left === null ? '' : timeLeft(left),
  ]
    .filter(Boolean)
    .join(`  ${glyphs.separator}  `);
}

function finishedLines({ finished }: FetchState, width: number, theme: Theme): string[] {
  return finished.flatMap(({ split, trainImages, testImages, bytes: size }) =>
    wrap(
      `${theme.paint('good', theme.glyphs.tick)} ${theme.paint('strong', split)}: ${count(trainImages)} training and ${count(testImages)} test images (${bytes(size)})`,
      width,
    ),
  );
}
