import { type ReactNode, useState } from 'react';
import type { ModelStatus } from '../../../app/services.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Frame } from '../../components/frame.tsx';
import { Lines } from '../../components/lines.tsx';
import { useScrolledLines } from '../../components/scrolled-lines.ts';
import { useChartKeys } from '../../hooks/use-chart-keys.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useScrollMouse } from '../../hooks/use-scroll-mouse.ts';
import { comparedLines, overlayHeight, overlayLines } from './model-overlay-lines.ts';

/** The curves of up to four models in one chart, above what differs between them. */
export function ModelOverlay({ models, onBack }: { models: readonly ModelStatus[]; onBack: () => void }): ReactNode {
  const app = useAppContext();
  const { theme, charts } = app;
  const { width, height } = bodySize(app);
  const [metric, setMetric] = useState<'accuracy' | 'loss'>('accuracy');
  const table = comparedLines(models, metric, width, theme);
  const chartHeight = overlayHeight(height, table.length);
  const { lines, keys } = useScrolledLines(table, height - chartHeight - 1, theme);
  useKeys(
    'modelOverlay',
    { ...keys, metric: () => setMetric(metric === 'accuracy' ? 'loss' : 'accuracy'), back: onBack },
    { menu: true },
  );
  useChartKeys('recordCharts');
  useScrollMouse(keys);
  const chart = overlayLines(models, metric, { width, height: chartHeight }, charts, theme);
  return (
    <Frame title="Models overlaid" keyContexts={['modelOverlay', 'recordCharts', 'global']}>
      <Lines lines={[...chart, '', ...lines]} />
    </Frame>
  );
}
