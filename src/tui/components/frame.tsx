import { Box, Text } from 'ink';
import { type ReactNode, useContext } from 'react';
import { clip, columnsOf } from '../../app/text-layout.ts';
import { CurrentContext, useAppContext } from '../app-context.ts';
import { type KeyContext, keyHints } from '../keys/keymap.ts';
import type { Theme } from '../theme/theme.ts';
import { bodySize } from './body-size.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { TooSmall } from './too-small.tsx';

/** The frame of every screen: title, body and key hints, exactly as large as the terminal. */
export function Frame({
  title,
  keyContexts,
  children,
}: {
  title: string;
  /** The key contexts to show hints for, the most important first. */
  keyContexts: readonly KeyContext[];
  children: ReactNode;
}): ReactNode {
  const { theme, columns, rows, services, confirmation, isShuttingDown, isTooSmall } = useAppContext();
  const isCurrent = useContext(CurrentContext);
  if (!isCurrent) return null;
  if (isTooSmall) return <TooSmall />;
  const { width, height } = bodySize({ columns, rows });
  const version = `emnist-tui ${services.version}`;
  const heading = clip(confirmation?.title ?? title, width - version.length - 2, theme.glyphs.ellipsis);
  const gap = ' '.repeat(Math.max(1, width - columnsOf(heading) - version.length));
  const rule = theme.paint('dim', theme.glyphs.rule.repeat(columns));
  const hints = isShuttingDown
    ? theme.paint('warning', clip('Shutting down. Press Ctrl-C again to force quit.', width, theme.glyphs.ellipsis))
    : keyHintLine(confirmation ? ['confirm'] : keyContexts, width, theme);
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Text>{` ${theme.paint('title', heading)}${gap}${theme.paint('dim', version)}`}</Text>
      <Text>{rule}</Text>
      <Box flexDirection="column" height={height} width={columns} paddingX={1}>
        {confirmation ? (
          <ConfirmDialog key={confirmation.title} confirmation={confirmation} width={width} height={height} />
        ) : (
          children
        )}
      </Box>
      <Text>{rule}</Text>
      <Text>{` ${hints}`}</Text>
    </Box>
  );
}

/** As many hints as fit on one line. Of the menu, only help and quit. */
function keyHintLine(contexts: readonly KeyContext[], width: number, theme: Theme): string {
  const seen = new Set<string>();
  const hints: string[] = [];
  let used = 0;
  const candidates = contexts.flatMap((context) =>
    keyHints(context).filter(({ key }) => context !== 'global' || key === '?' || key === 'q'),
  );
  for (const { key, label } of candidates) {
    const length = key.length + 1 + label.length + (hints.length > 0 ? 3 : 0);
    if (seen.has(key) || used + length > width) continue;
    seen.add(key);
    used += length;
    hints.push(`${theme.paint('key', key)} ${theme.paint('dim', label)}`);
  }
  return hints.join('   ');
}
