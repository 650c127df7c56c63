import { Text } from 'ink';
import type { ReactNode } from 'react';
import { useAppContext } from '../app-context.ts';

/** What the app is waiting for: `Checking…`. */
export function Loading({ text }: { text: string }): ReactNode {
  const { theme } = useAppContext();
  return <Text>{theme.paint('dim', `${text}${theme.glyphs.ongoing}`)}</Text>;
}
