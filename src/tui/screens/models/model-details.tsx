import type { ReactNode } from 'react';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Lines } from '../../components/lines.tsx';
import { useScrolledLines } from '../../components/scrolled-lines.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useScrollMouse } from '../../hooks/use-scroll-mouse.ts';
import type { Handlers } from '../../keys/keymap.ts';
import type { ModelEntry } from './model-entry.ts';
import { detailLines } from './model-preview.ts';
import { detailsContext } from './models-keys.ts';

type DetailsContext = ReturnType<typeof detailsContext>;

/** Everything that is known about a model, to scroll through. */
export function ModelDetails({
  entry,
  isActive,
  handlers,
}: {
  entry: ModelEntry;
  /** Whether the keys are those of this view. */
  isActive: boolean;
  /** Except for scrolling. */
  handlers: Omit<Handlers<DetailsContext>, keyof ReturnType<typeof useScrolledLines>['keys']>;
}): ReactNode {
  const app = useAppContext();
  const { theme, charts } = app;
  const size = bodySize(app);
  const { lines, keys } = useScrolledLines(detailLines(entry, size, charts, theme), size.height, theme);
  useKeys(isActive ? detailsContext(entry) : null, { ...handlers, ...keys }, { menu: true });
  useScrollMouse(keys);
  return <Lines lines={lines} />;
}
