import type { ReactNode } from 'react';
import { wrap } from '../../app/text-layout.ts';
import { describeHolding } from '../../core/files/lock.ts';
import type { LockHolder } from '../../core/files/lock-holder.ts';
import { useAppContext } from '../app-context.ts';
import { bodySize } from './body-size.ts';
import { Lines } from './lines.tsx';

/**
 * Whom work waits for, since when, and how to stop waiting.
 *
 * @param lock the subject of the sentence: `The model`
 * @param until what is waited for: `Checking for up to 20 seconds whether that is still running.`
 */
export function Waiting({ lock, holder, until }: { lock: string; holder: LockHolder; until: string }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width } = bodySize(app);
  const text = `${lock} is locked by ${describeHolding(holder)}. ${until} Press x to stop waiting.`;
  return <Lines lines={wrap(`${theme.paint('warning', theme.glyphs.warning)} ${text}`, width)} />;
}
