import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { bar } from '../charts/bar.ts';
import { bodySize } from '../components/frame.tsx';
import { Lines } from '../components/lines.tsx';
import { row } from '../components/option-rows.ts';
import { Problem } from '../components/problem.tsx';
import { fieldLine } from '../components/text-field.ts';
import { bytes, count, duration, percent } from '../format.ts';
import { useShell } from '../shell.ts';
import { alignLeft, alignRight, clip, printable } from '../text.ts';
import { choiceLine } from './fetch-choices.ts';
import { CHOICES, type FetchForm, type FetchState, SOURCE_ROW, secondsLeft } from './fetch-state.ts';

/** What to fetch, and from where. */
export function FetchFormView({ form }: { form: FetchForm }): ReactNode {
  const shell = useShell();
  const { theme, status } = shell;
  const { width } = bodySize(shell);
  const typing = form.focus === SOURCE_ROW;
  const rows = CHOICES.map((choice, index) =>
    row(
      form.focus === index,
      clip(
        choiceLine(
          choice,
          status?.datasets.find(({ split }) => split === choice),
          form.choice === index,
          theme,
        ),
        width - 2,
        theme.glyphs.ellipsis,
      ),
      theme,
    ),
  );
  const label = 'From  ';
  const field = fieldLine(
    form.source,
    width - label.length - 3,
    typing,
    "NIST's archive (or type or paste a URL or a zip file)",
    theme,
  );
  return (
    <Box flexDirection="column">
      <Text>{theme.paint('dim', alignLeft('Which split (images to train + to test)', width))}</Text>
      <Lines lines={rows} />
      <Box marginTop={1}>
        <Lines lines={[`${row(typing, label, theme)}${field}`]} />
      </Box>
      <Box marginTop={1}>
        <Text>
          {theme.paint(
            'dim',
            'Only the parts a split needs are taken (about 30 MB for balanced), where the server allows.',
          )}
        </Text>
      </Box>
    </Box>
  );
}

/** How far the download is. */
export function FetchProgress({ state }: { state: FetchState }): ReactNode {
  const shell = useShell();
  const { theme } = shell;
  const { width } = bodySize(shell);
  const done = state.finished.map(
    ({ split, trainImages, testImages }) =>
      `${theme.paint('good', theme.glyphs.present)} ${split}: ${count(trainImages)} images to train, ${count(testImages)} to test`,
  );
  const share = state.total ? state.bytes / state.total : 0;
  const amount = `${bytes(state.bytes)}${state.total === null ? '' : ` of ${bytes(state.total)}`}`;
  const numbers = state.canceling
    ? 'canceling'
    : [
        amount,
        state.bytesPerSecond > 0 ? `${bytes(state.bytesPerSecond)}/s` : '',
        secondsLeft(state) === null ? '' : `${duration(secondsLeft(state))} left`,
      ]
        .filter(Boolean)
        .join(`  ${theme.glyphs.separator}  `);
  const barWidth = Math.min(100, width - 8);
  const source = clip(
    printable(state.source),
    width - 14 - (state.split ?? state.choice).length,
    theme.glyphs.ellipsis,
  );
  return (
    <Box flexDirection="column">
      <Lines lines={done} />
      <Box flexDirection="column" marginTop={1}>
        <Text>{`Fetching ${theme.paint('strong', state.split ?? state.choice)} from ${source}`}</Text>
        <Text>
          {theme.paint('accent', bar(share, barWidth, theme.glyphs))}
          {state.total === null ? '' : alignRight(percent(share, 0), 7)}
        </Text>
        <Text>{numbers}</Text>
      </Box>
    </Box>
  );
}

/** What came of it. */
export function FetchOutcome({ state }: { state: FetchState }): ReactNode {
  const { theme } = useShell();
  const done = state.finished.map(
    ({ split, trainImages, testImages, bytes: size }) =>
      `${theme.paint('good', theme.glyphs.present)} ${theme.paint('strong', split)}: ${count(trainImages)} images to train, ${count(
        testImages,
      )} to test (${bytes(size)})`,
  );
  return (
    <Box flexDirection="column" marginTop={1}>
      <Lines lines={done} />
      {state.phase === 'failed' ? <Problem error={state.error} /> : null}
      {state.phase === 'canceled' ? (
        <Text>{`${theme.paint('warning', theme.glyphs.warning)} Canceled. What has arrived is kept: the next fetch goes on from there.`}</Text>
      ) : null}
      {state.phase === 'done' ? (
        <Box marginTop={1}>
          <Text>{`${theme.paint('accent', `${theme.glyphs.arrow} Next:`)} Enter or t trains a network with it.`}</Text>
        </Box>
      ) : null}
    </Box>
  );
}
