import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { LockHolder } from '../../core/files/lock-holder.ts';
import { useAppContext } from '../app-context.ts';
import type { ChartSettings } from '../charts/chart-settings.ts';
import type { Theme } from '../theme/theme.ts';
import { bodySize } from './body-size.ts';
import { fittingParts } from './fitting-parts.ts';
import { Lines } from './lines.tsx';
import { Loading } from './loading.tsx';
import { Waiting } from './waiting.tsx';

/**
 * A training run, or one that learns samples, in progress: lines about it, and its charts in the rest of the body.
 *
 * @param start the run; null until it has begun
 * @param waiting who has locked its model, if it waits for that
 * @param loading what is shown before it has begun, without the ellipsis
 * @param charts lines of exactly `width` x `height` cells
 */
export function RunProgress<Start>({
  start,
  waiting,
  loading,
  head,
  charts,
}: {
  start: Start | null;
  waiting: LockHolder | null;
  loading: string;
  head: (start: Start, width: number, theme: Theme) => string[];
  charts: (width: number, height: number, settings: ChartSettings, theme: Theme) => string[];
}): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width, height } = bodySize(app);
  if (start === null && waiting) {
    const until = 'Checking for up to 20 seconds whether that is still running.';
    return <Waiting lock="The model" holder={waiting} until={until} />;
  }
  if (start === null) return <Loading text={loading} />;
  const lines = head(start, width, theme);
  return (
    <Box flexDirection="column">
      <Lines lines={lines} />
      <Box marginTop={1}>
        <Lines lines={charts(width, height - lines.length - 1, app.charts, theme)} />
      </Box>
    </Box>
  );
}

/** What a run does, in one line: as many of the parts, the most important first, as there is room for. */
export function headline(parts: readonly string[], width: number, theme: Theme): string {
  return theme.paint('dim', fittingParts(parts, width, theme));
}
