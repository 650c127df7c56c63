import { Box, Text } from 'ink';
import { type ReactNode, useContext } from 'react';
import { clip, columnsOf } from '../../app/text-layout.ts';
import { CurrentContext, useAppContext } from '../app-context.ts';
import { bindsKey, type KeyContext, type KeyHint, keyHints } from '../keys/keymap.ts';
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
  const name = `emnist-tui ${services.version}`;
  const text = confirmation?.title ?? title;
  const version = columnsOf(text) + 2 + name.length <= width ? name : '';
  const heading = clip(text, width, theme.glyphs.ellipsis);
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

/** As many hints as fit on one line, closer together if there are many, with the way back. Of the menu, only help and quit. */
function keyHintLine(contexts: readonly KeyContext[], width: number, theme: Theme): string {
  // A key means what the first context that binds it says.
  const hints = contexts.flatMap((context, index) =>
    keyHints(context)
      .filter(({ key }) => context !== 'global' || key === '?' || key === 'q')
      .filter(({ key }) => !contexts.slice(0, index).some((earlier) => bindsKey(earlier, key))),
  );
  const lengthOf = ({ key, label }: KeyHint) => columnsOf(key) + 1 + columnsOf(label);
  const total = hints.reduce((sum, hint) => sum + lengthOf(hint), 0);
  const gap = total + 3 * (hints.length - 1) <= width ? 3 : 2;
  const fitting = new Set<KeyHint>();
  let used = -gap;
  for (const hint of [...hints.filter(({ key }) => key === 'Esc'), ...hints]) {
    const length = gap + lengthOf(hint);
    if (fitting.has(hint) || used + length > width) continue;
    used += length;
    fitting.add(hint);
  }
  return hints
    .filter((hint) => fitting.has(hint))
    .map(({ key, label }) => `${theme.paint('key', key)} ${theme.paint('dim', label)}`)
    .join(' '.repeat(gap));
}
