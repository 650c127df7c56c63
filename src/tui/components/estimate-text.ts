import { type TimeEstimate, timeEstimateText } from '../../app/estimate-time.ts';
import type { Estimate } from '../hooks/use-estimate.ts';
import type { Theme } from '../theme/theme.ts';

/** How long what is about to be started takes: `Takes about 14m, by an earlier run.` Empty if that is not known. */
export function estimateText({ value, isPending }: Estimate<TimeEstimate | null>, theme: Theme): string {
  if (isPending) return theme.paint('dim', `Estimating the time${theme.glyphs.ongoing}`);
  return value ? theme.paint('strong', `Takes ${timeEstimateText(value)}.`) : '';
}
