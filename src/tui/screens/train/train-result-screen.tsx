import { type ReactNode, useContext, useEffect } from 'react';
import { printable } from '../../../app/text-layout.ts';
import { CurrentContext, useAppContext } from '../../app-context.ts';
import { Frame } from '../../components/frame.tsx';
import { useChartKeys } from '../../hooks/use-chart-keys.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { TrainResult } from './train-result.tsx';
import type { TrainState } from './train-state.ts';

/** The result of the training run, and its keys. */
export function TrainResultScreen({ state }: { state: TrainState }): ReactNode {
  const app = useAppContext();
  const { training } = app;
  const isCurrent = useContext(CurrentContext);
  useEffect(() => {
    if (isCurrent) training.see();
  }, [isCurrent, training]);
  const model = state.phase === 'done' ? (state.end?.model ?? undefined) : undefined;
  const restart = () => training.reset();
  useKeys(
    model === undefined ? null : 'trained',
    {
      evaluate: () => app.navigate({ screen: 'evaluate', model }),
      draw: () => app.navigate({ screen: 'draw', model }),
      models: () => app.navigate({ screen: 'models', model }),
      restart,
      back: restart,
    },
    { menu: true },
  );
  useKeys(model === undefined ? 'failed' : null, { restart, back: restart }, { menu: true });
  const charts = state.phase === 'done' && state.epochs.length > 0 ? 'trainCharts' : null;
  useChartKeys(charts);
  return (
    <Frame
      title={state.start ? `Train ${printable(state.start.model)}` : 'Train a network'}
      keyContexts={[model === undefined ? 'failed' : 'trained', 'global', charts]}
      isAboutTraining
    >
      <TrainResult state={state} />
    </Frame>
  );
}
