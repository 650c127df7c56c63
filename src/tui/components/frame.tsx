import { Box, Text } from 'ink';
import { type ReactNode, useContext, useLayoutEffect } from 'react';
import { clip, columnsOf } from '../../app/text-layout.ts';
import { CurrentContext, useAppContext } from '../app-context.ts';
import { useMouse } from '../hooks/use-mouse.ts';
import { bindsKey, type KeyContext, type KeyHint, keyHints } from '../keys/keymap.ts';
import type { Theme } from '../theme/theme.ts';
import { BODY_ORIGIN, bodySize } from './body-size.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { StatusRule } from './status-rule.tsx';
import { TooSmall } from './too-small.tsx';

/** The frame of every screen: title, body and key hints, exactly as large as the terminal. */
export function Frame({
  title,
  keyContexts: contexts,
  isAboutTraining = false,
  children,
}: {
  title: string;
  /** The key contexts to show hints for, the most important first; null for one that does not apply. */
  keyContexts: readonly (KeyContext | null)[];
  /** The screen shows the training run itself. */
  isAboutTraining?: boolean;
  children: ReactNode;
}): ReactNode {
  const app = useAppContext();
  const { theme, columns, rows, services, confirmation, isShuttingDown, isTooSmall, shownKeys } = app;
  const isCurrent = useContext(CurrentContext);
  const keyContexts = contexts.filter((context) => context !== null);
  useLayoutEffect(() => {
    if (isCurrent) shownKeys.setFrame(title, keyContexts);
  });
  const { width, height } = bodySize({ columns, rows });
  const fitting = fittingHints(confirmation ? ['confirm'] : keyContexts, width);
  useMouse(
    ({ type, button, row, column }) => {
      if (type !== 'press' || button !== 'left' || row !== rows - 1) return;
      const hint = hintAt(fitting, column - BODY_ORIGIN.column);
      if (hint?.name) app.press(hint.name);
    },
    { inConfirmation: confirmation !== null, isPassive: true },
  );
  if (!isCurrent) return null;
  if (isTooSmall) return <TooSmall />;
  const name = `emnist-tui ${services.version}`;
  const text = confirmation?.title ?? title;
  const version = columnsOf(text) + 2 + name.length <= width ? name : '';
  const heading = clip(text, width, theme.glyphs.ellipsis);
  const gap = ' '.repeat(Math.max(1, width - columnsOf(heading) - version.length));
  const rule = theme.paint('dim', theme.glyphs.rule.repeat(columns));
  const hints = isShuttingDown
    ? theme.paint('warning', clip('Shutting down. Press Ctrl-C again to force quit.', width, theme.glyphs.ellipsis))
    : hintLine(fitting, theme);
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
      {isAboutTraining ? <Text>{rule}</Text> : <StatusRule keyContexts={keyContexts} />}
      <Text>{` ${hints}`}</Text>
    </Box>
  );
}

interface FittingHints {
  readonly hints: readonly KeyHint[];
  /** Columns between them. */
  readonly gap: number;
}

function lengthOf({ key, label }: KeyHint): number {
  return columnsOf(key) + 1 + columnsOf(label);
}

/**
 * As many hints as fit on one line, closer together if there are many, with the way back and the list of keys. Of the menu, only
 * help and quit.
 */
function fittingHints(contexts: readonly KeyContext[], width: number): FittingHints {
  // A key means what the first context that binds it says.
  const hints = contexts.flatMap((context, index) =>
    keyHints(context)
      .filter(({ key }) => context !== 'global' || key === '?' || key === 'q')
      .filter(({ key }) => !contexts.slice(0, index).some((earlier) => bindsKey(earlier, key))),
  );
  const total = hints.reduce((sum, hint) => sum + lengthOf(hint), 0);
  const gap = total + 3 * (hints.length - 1) <= width ? 3 : 2;
  const fitting = new Set<KeyHint>();
  let used = -gap;
  for (const hint of [...hints.filter(({ key }) => key === 'Esc' || key === '?'), ...hints]) {
    const length = gap + lengthOf(hint);
    if (fitting.has(hint) || used + length > width) continue;
    used += length;
    fitting.add(hint);
  }
  return { hints: hints.filter((hint) => fitting.has(hint)), gap };
}

function hintLine({ hints, gap }: FittingHints, theme: Theme): string {
  return hints.map(({ key, label }) => `${theme.paint('key', key)} ${theme.paint('dim', label)}`).join(' '.repeat(gap));
}

/** The hint in a column of the line; undefined between two of them. */
function hintAt({ hints, gap }: FittingHints, column: number): KeyHint | undefined {
  let start = 0;
  return hints.find((hint) => {
    const isHere = column >= start && column < start + lengthOf(hint);
    start += lengthOf(hint) + gap;
    return isHere;
  });
}
