import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { type Context, hintsOf } from '../keymap.ts';
import { useShell } from '../shell.ts';
import { clip } from '../text.ts';
import type { Theme } from '../theme.ts';
import { QuestionBody } from './question.tsx';

export const LEAST_COLUMNS = 60;
export const LEAST_ROWS = 20;
/** Title and rule above the body, rule and keys below. */
const FRAME_ROWS = 4;

/** The room that a screen's body has, in cells: a column stays free at either side. */
export function bodySize({ columns, rows }: { columns: number; rows: number }): { width: number; height: number } {
  return { width: columns - 2, height: rows - FRAME_ROWS };
}

/** Whether the terminal is too small for any screen. */
export function tooSmall({ columns, rows }: { columns: number; rows: number }): boolean {
  return columns < LEAST_COLUMNS || rows < LEAST_ROWS;
}

/** The frame of every screen: its title, its body, and the keys of the contexts it is in. Exactly the terminal's size. */
export function Frame({
  title,
  contexts,
  children,
}: {
  title: string;
  contexts: readonly Context[];
  children: ReactNode;
}): ReactNode {
  const { theme, columns, rows, services, question, isLeaving } = useShell();
  if (tooSmall({ columns, rows })) return <TooSmall />;
  const { width, height } = bodySize({ columns, rows });
  const version = `emnist-tui ${services.version}`;
  const heading = clip(question?.title ?? title, width - version.length - 2, theme.glyphs.ellipsis);
  const gap = ' '.repeat(Math.max(1, width - heading.length - version.length));
  const rule = theme.paint('dim', theme.glyphs.rule.repeat(columns));
  const shown: readonly Context[] = question ? ['question'] : contexts;
  const keys = isLeaving
    ? theme.paint('warning', clip('Ending what goes on; Ctrl-C leaves at once', width, theme.glyphs.ellipsis))
    : keyHints(shown, width, theme);
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Text>{` ${theme.paint('title', heading)}${gap}${theme.paint('dim', version)}`}</Text>
      <Text>{rule}</Text>
      <Box flexDirection="column" height={height} width={columns} paddingX={1}>
        {question ? <QuestionBody key={question.title} question={question} /> : children}
      </Box>
      <Text>{rule}</Text>
      <Text>{` ${keys}`}</Text>
    </Box>
  );
}

/** As many key hints as fit on a line, those of the first context first; of the menu only how to get help and out. */
export function keyHints(contexts: readonly Context[], width: number, theme: Theme): string {
  const seen = new Set<string>();
  const hints: string[] = [];
  let used = 0;
  const named = contexts.flatMap((context) =>
    hintsOf(context).filter(({ key }) => context !== 'global' || key === '?' || key === 'q'),
  );
  for (const { key, label } of named) {
    const length = key.length + 1 + label.length + (hints.length > 0 ? 3 : 0);
    if (seen.has(key) || used + length > width) continue;
    seen.add(key);
    used += length;
    hints.push(`${theme.paint('key', key)} ${theme.paint('dim', label)}`);
  }
  return hints.join('   ');
}

function TooSmall(): ReactNode {
  const { theme, columns, rows } = useShell();
  const lines = [
    `This terminal has ${columns}x${rows} characters;`,
    `emnist-tui needs ${LEAST_COLUMNS}x${LEAST_ROWS}.`,
    'Make it larger, or press q to quit.',
  ];
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <Text>
        {lines
          .slice(0, rows)
          .map((line) => clip(line, columns, theme.glyphs.ellipsis))
          .join('\n')}
      </Text>
    </Box>
  );
}
