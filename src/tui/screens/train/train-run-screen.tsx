import { type ReactNode, useState } from 'react';
import { printable } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { Frame } from '../../components/frame.tsx';
import { useChartKeys } from '../../hooks/use-chart-keys.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { TrainProgress } from './train-progress.tsx';
import type { TrainState } from './train-state.ts';
import { hasModel, stopWarning } from './train-texts.ts';

/** The training run in progress, and its keys. It continues when the screen is left. */
export function TrainRunScreen({ state }: { state: TrainState }): ReactNode {
  const app = useAppContext();
  const { training } = app;
  const [note, setNote] = useState('');
  const stopNow = () => {
    if (state.stopping === 'batch') return;
    // There is nothing to lose yet.
    if (!state.start) return training.stop('batch');
    app.confirm({
      title: 'Stop the training run?',
      lines: [stopWarning(state)],
      yes: 'stop it',
      no: 'keep training',
      onConfirm: () => training.stop('batch'),
      isCurrent: () => training.isActive,
    });
  };
  const model = state.start && hasModel(state) ? state.start.model : null;
  const context = model === null ? 'training' : 'trainingModel';
  useKeys(
    context,
    {
      pause: () => training.togglePause(),
      stopAfterEpoch: () => training.stop('epoch'),
      stopNow,
      draw() {
        if (model === null) setNote('after epoch 1: then there is a model to draw with');
        else app.navigate({ screen: 'draw', model });
      },
      back: app.back,
    },
    { menu: true },
  );
  const charts = state.start ? 'trainCharts' : null;
  useChartKeys(charts);
  return (
    <Frame
      title={state.start ? `Train ${printable(state.start.model)}` : 'Train a network'}
      keyContexts={[context, 'global', charts]}
      isAboutTraining
    >
      <TrainProgress state={state} note={note} />
    </Frame>
  );
}
