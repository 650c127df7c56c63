import type { ReactNode } from 'react';
import { wrap } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Lines, padLines } from '../../components/lines.tsx';
import { useScrolledLines } from '../../components/scrolled-lines.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useScrollMouse } from '../../hooks/use-scroll-mouse.ts';
import type { Handlers } from '../../keys/keymap.ts';
import type { ModelEntry } from './model-entry.ts';
import { detailLines } from './model-preview.ts';
import { detailsContext } from './models-keys.ts';

type DetailsContext = ReturnType<typeof detailsContext>;

/** Everything that is known about a model, to scroll through, above what has just been done with it. */
export function ModelDetails({
  entry,
  message,
  isActive,
  handlers,
}: {
  entry: ModelEntry;
  /** Empty if there is nothing to say. */
  message: string;
  /** Whether the keys are those of this view. */
  isActive: boolean;
  /** Except for scrolling. */
  handlers: Omit<Handlers<DetailsContext>, keyof ReturnType<typeof useScrolledLines>['keys']>;
}): ReactNode {
  const app = useAppContext();
  const { theme, charts } = app;
  const size = bodySize(app);
  const footer = message ? wrap(message, size.width) : [];
  const height = size.height - footer.length;
  const { lines, keys } = useScrolledLines(detailLines(entry, size, charts, theme), height, theme);
  useKeys(isActive ? detailsContext(entry) : null, { ...handlers, ...keys }, { menu: true });
  useScrollMouse(keys);
  return <Lines lines={footer.length > 0 ? [...padLines(lines, height), ...footer] : lines} />;
}
