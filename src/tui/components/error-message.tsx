import type { ReactNode } from 'react';
import { hintFor } from '../../app/hints.ts';
import { printable, wrap } from '../../app/text-layout.ts';
import { messageOf } from '../../core/errors.ts';
import { nodeError } from '../../core/node-errors.ts';
import { useAppContext } from '../app-context.ts';
import { APP_HINTS } from '../hints.ts';
import { bodySize } from './body-size.ts';
import { Lines } from './lines.tsx';

/** What went wrong and, if it is known, what to do about it. */
export function ErrorMessage({ error }: { error: unknown }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width } = bodySize(app);
  const known = nodeError(error);
  const message = `${theme.paint('bad', `${theme.glyphs.warning} Error:`)} ${printable(messageOf(known ?? error))}`;
  const hint = known ? `${theme.paint('strong', 'What to do:')} ${printable(hintFor(APP_HINTS, known))}` : null;
  return <Lines lines={[...wrap(message, width), ...(hint ? wrap(hint, width) : [])]} />;
}
