import { Box } from 'ink';
import type { ReactNode } from 'react';
import { clip, columnsOf } from '../../app/text-layout.ts';
import { useAppContext } from '../app-context.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { MIN_COLUMNS, MIN_ROWS } from './body-size.ts';
import { SmallConfirmDialog } from './confirm-dialog.tsx';
import { Lines } from './lines.tsx';

/** Replaces a screen that does not fit. Whatever takes keys is shown: a confirmation, or how to quit. */
export function TooSmall(): ReactNode {
  const { theme, columns, rows, tasks, confirmation, isShuttingDown, requestQuit } = useAppContext();
  useKeys('tooSmall', { quit: requestQuit });
  const task = tasks.blocking[0]?.name;
  const needs = `${MIN_COLUMNS}x${MIN_ROWS}`;
  const variants = isShuttingDown
    ? [
        ['Shutting down.', 'Press Ctrl-C again to force quit.'],
        ['Shutting down.', 'Ctrl-C: force quit'],
        ['Ctrl-C: force'],
      ]
    : [
        ...(task ? [[`${task} is still running.`, ...explanation(columns, rows)]] : []),
        explanation(columns, rows),
        [`Too small: ${columns}x${rows}`, `Needs ${needs}`, 'q: quit'],
        [`Needs ${needs}`, 'q: quit'],
        [`q: quit, ${needs}`],
        ['q: quit'],
      ];
  const fitting = variants.find((lines) => lines.length <= rows && lines.every((line) => columnsOf(line) <= columns));
  const lines = (fitting ?? variants.at(-1)!).map((line) => clip(line, columns, theme.glyphs.ellipsis));
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      {confirmation && !isShuttingDown ? (
        <SmallConfirmDialog key={confirmation.title} confirmation={confirmation} width={columns} height={rows} />
      ) : (
        <Lines lines={lines} />
      )}
    </Box>
  );
}

function explanation(columns: number, rows: number): string[] {
  return [
    `This terminal is ${columns}x${rows};`,
    `emnist-tui needs ${MIN_COLUMNS}x${MIN_ROWS}.`,
    'Enlarge it, or quit with q.',
  ];
}
