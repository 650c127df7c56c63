import type { ReactNode } from 'react';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Frame } from '../../components/frame.tsx';
import { Lines } from '../../components/lines.tsx';
import { useScrolledLines } from '../../components/scrolled-lines.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useScrollMouse } from '../../hooks/use-scroll-mouse.ts';
import { useThemeKey } from '../../hooks/use-theme-key.ts';
import type { Route } from '../../routes.ts';
import { keyListLines } from './key-list-lines.ts';

/** The keys of the screen that it was opened from, which it lies on top of. */
export function KeysScreen({ route }: { route: Extract<Route, { screen: 'keys' }> }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width, height } = bodySize(app);
  const { lines, keys } = useScrolledLines(keyListLines(route, width, theme), height, theme);
  useKeys('keys', { ...keys, help: () => app.replace({ screen: 'help' }), back: app.back }, { menu: true });
  useScrollMouse(keys);
  const themeHints = useThemeKey();
  return (
    <Frame title={`Keys: ${route.title}`} keyContexts={['keys', ...themeHints, 'global']}>
      <Lines lines={lines} />
    </Frame>
  );
}
