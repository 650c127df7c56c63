import { type ReactNode, useState } from 'react';
import { printable } from '../../../app/text-layout.ts';
import type { DatasetName } from '../../../core/dataset/dataset-name.ts';
import { useAppContext } from '../../app-context.ts';
import { Frame } from '../../components/frame.tsx';
import { useChartKeys } from '../../hooks/use-chart-keys.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { TrainProgress } from './train-progress.tsx';
import type { TrainState } from './train-state.ts';
import { hasModel, stopWarning } from './train-texts.ts';

/** The training run in progress, and its keys. Leaving the screen does not stop it. */
export function TrainRunScreen({
  state,
  wanted,
}: {
  state: TrainState;
  /** What the user asked to train on, which has to wait for the end of this run. */
  wanted: DatasetName | undefined;
}): ReactNode {
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
      <TrainProgress
        state={state}
        note={note}
        reason={wanted === undefined ? '' : `Training on ${wanted} can start once this run is done or stopped.`}
      />
    </Frame>
  );
}
