import { type ReactNode, useRef, useState } from 'react';
import type { LearnOptions } from '../../../app/options/learn.ts';
import { printable } from '../../../app/text-layout.ts';
import { isEmnistError } from '../../../core/errors.ts';
import { useAppContext } from '../../app-context.ts';
import { Frame } from '../../components/frame.tsx';
import { useChartKeys } from '../../hooks/use-chart-keys.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useThrottledStore } from '../../hooks/use-throttled-store.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import { runTask } from '../../run-task.ts';
import type { Task } from '../../tasks.ts';
import { LearnFormView } from './learn-form-view.tsx';
import { LearnProgress } from './learn-progress.tsx';
import { LearnResult, summaryLine } from './learn-result.tsx';
import { LearnSamples } from './learn-samples.tsx';
import { doneShare, INITIAL_LEARN, type LearnState, reduceLearn } from './learn-state.ts';

const STOP_WARNING = 'Nothing will be saved.';
/** Learning needs the CPU more than its chart does. */
const THROTTLE = { interval: 100, maxShare: 0.015 };

/** The user's samples, learning from them, and the result. */
export function LearnScreen(): ReactNode {
  const app = useAppContext();
  const { services, tasks } = app;
  const [state, store] = useThrottledStore(reduceLearn, () => INITIAL_LEARN, THROTTLE);
  const stop = useRef<Task['stop'] | null>(null);
  const { phase, end } = state;

  /** The options of the last run. */
  const options = useRef<LearnOptions>({});
  const [isForm, setForm] = useState(false);
  const learn = (next: LearnOptions) => {
    options.current = next;
    setForm(false);
    store.dispatchNow({ event: 'submit' });
    const learning = services.learn(next);
    stop.current = runTask(tasks, {
      name: 'Learning',
      stopWarning: STOP_WARNING,
      progress: () => ({ share: store.state.start && doneShare(store.state), name: 'learning' }),
      events: learning,
      stop(reason) {
        store.dispatchNow({ event: 'stopping' });
        learning.stop(reason);
      },
      onEvent: (event) => store.dispatch(event),
      onEnd(failure) {
        stop.current = null;
        app.refreshStatus();
        if (failure && isEmnistError(failure.error, 'model-exists')) {
          back();
          return confirmReplacing(failure.error.data.model);
        }
        if (failure) store.dispatchNow({ event: 'failed', error: failure.error });
        else store.flush();
        if (store.state.end) tasks.addToSummary(summaryLine(store.state.end));
      },
    });
  };
  const confirmReplacing = (name: string) =>
    app.confirm({
      title: `Replace ${printable(name)}?`,
      lines: [
        'If the new model reads your handwriting better, it replaces this one, which cannot be recovered. To keep both, choose another name.',
      ],
      yes: 'replace it',
      no: 'keep it',
      onConfirm: () => learn({ ...options.current, overwrite: true }),
      isAboutFiles: true,
    });
  const stopNow = () => {
    if (!state.isStopping) void stop.current?.('stopped');
  };
  const confirmStop = () => {
    if (state.isStopping) return;
    app.confirm({
      title: 'Stop learning?',
      lines: [STOP_WARNING],
      yes: 'stop it',
      no: 'keep learning',
      onConfirm: stopNow,
      isCurrent: () => stop.current !== null,
    });
  };
  /** Makes one of the two models the default. */
  const use = (model: 'new' | 'old') => () => {
    const name = model === 'new' ? end?.model : end?.from;
    if (!name) return;
    services.chooseDefaultModel(name).then(
      () => {
        store.dispatchNow({ event: 'used', model });
        app.refreshStatus();
      },
      (error: unknown) => store.dispatchNow({ event: 'notUsed', error }),
    );
  };
  const draw = () => app.navigate({ screen: 'draw', model: end?.model ?? undefined });
  const practice = () => app.navigate({ screen: 'draw', practice: true });
  const again = () => learn(options.current);
  const back = () => store.dispatchNow({ event: 'reset' });

  const context = contextOf(state);
  useKeys(context === 'learning' ? context : null, { stopNow, back: confirmStop });
  useKeys(context === 'learned' ? context : null, { draw, undo: use('old'), restart: again, back }, { menu: true });
  useKeys(context === 'learnUndone' ? context : null, { use: use('new'), restart: again, back }, { menu: true });
  useKeys(context === 'notLearned' ? context : null, { restart: again, practice, back }, { menu: true });
  useKeys(context === 'failed' ? context : null, { restart: again, back }, { menu: true });

  const charts = hasChart(state) ? 'charts' : null;
  useChartKeys(charts);
  if (context === null && isForm) return <LearnFormView learn={learn} back={() => setForm(false)} />;
  if (context === null) return <LearnSamples learn={() => learn({})} choose={() => setForm(true)} />;
  return (
    <Frame title="Learn your handwriting" keyContexts={[context, 'global', charts]}>
      {phase === 'running' ? <LearnProgress state={state} /> : <LearnResult state={state} />}
    </Frame>
  );
}

/** Whether a chart is shown: of a run that has begun, or of its result. */
function hasChart({ phase, start, end, epochs, choiceError }: LearnState): boolean {
  if (phase === 'running') return start !== null;
  return phase === 'done' && end !== null && choiceError === null && epochs.length > 1;
}

/** The keys of a phase; null where the samples are shown. */
function contextOf({ phase, end, used }: LearnState) {
  if (phase === 'samples') return null;
  if (phase === 'running') return 'learning' satisfies KeyContext;
  if (phase === 'failed') return 'failed' satisfies KeyContext;
  if (end?.model == null) return 'notLearned' satisfies KeyContext;
  return used === 'new' ? 'learned' : 'learnUndone';
}
