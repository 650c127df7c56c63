import { Text } from 'ink';
import { type ReactNode, useSyncExternalStore } from 'react';
import { useAppContext } from '../app-context.ts';
import { bindsKey, type KeyContext } from '../keys/keymap.ts';
import { runStatus, statusLine } from './run-status.ts';

/** The rule above the key hints, with a line about a training run that is running in the background or has ended there. */
export function StatusRule({ keyContexts }: { keyContexts: readonly KeyContext[] }): ReactNode {
  const { training, tasks, theme, columns, confirmation, isShuttingDown } = useAppContext();
  const { subscribe, snapshot } = training.status;
  const status = runStatus(useSyncExternalStore(subscribe, snapshot), theme);
  const rule = theme.glyphs.rule.repeat(columns);
  if (!status) return <Text>{theme.paint('dim', rule)}</Text>;
  // Elsewhere, the key is text, or means something else.
  const isMenu =
    keyContexts.at(-1) === 'global' && keyContexts.filter((context) => bindsKey(context, 't')).length === 1;
  const isOffered = isMenu && !tasks.keepScreen && !confirmation && !isShuttingDown;
  return <Text>{statusLine(status, isOffered, columns, theme)}</Text>;
}
