import { type ReactNode, useEffect, useReducer, useRef, useState } from 'react';
import type { FetchOptions } from '../../../app/options/fetch.ts';
import { isSplit } from '../../../core/dataset/dataset-name.ts';
import { isEmnistError } from '../../../core/errors.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Frame } from '../../components/frame.tsx';
import { formKeys, listKeys } from '../../components/list-form.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useListMouse } from '../../hooks/use-list-mouse.ts';
import { useThrottledStore } from '../../hooks/use-throttled-store.ts';
import type { KeyPress } from '../../keys/key-presses.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import type { Route } from '../../routes.ts';
import type { Task } from '../../tasks.ts';
import { FetchProgress } from './fetch-progress.tsx';
import { INITIAL_FETCH, reduceFetch } from './fetch-state.ts';
import {
  focusedField,
  initialForm,
  nameProblem,
  type OwnDataForm,
  reduceForm,
  replaced,
  sourceValue,
  submittedOptions,
} from './own-data-form.ts';
import { OwnDataFormView, rowOfLine } from './own-data-form-view.tsx';
import { Canceled, OwnDataView } from './own-data-view.tsx';
import { runFetch } from './run-fetch.ts';

const STOP_WARNING = 'Nothing will be saved.';

/** Takes over own data, and shows samples of it. */
export function OwnDataScreen({ route }: { route: Extract<Route, { screen: 'ownData' }> }): ReactNode {
  const app = useAppContext();
  const { status } = app;
  const [form, dispatch] = useReducer(reduceForm, route.from, initialForm);
  const [state, store] = useThrottledStore(reduceFetch, () => INITIAL_FETCH);
  /** The data set whose samples are shown. */
  const [shown, setShown] = useState<string | null>(null);
  const stop = useRef<Task['stop'] | null>(null);
  const phase = shown === null ? state.phase : 'done';

  useEffect(() => {
    if (status) dispatch({ type: 'load', datasets: status.datasets.filter(({ split }) => !isSplit(split)) });
  }, [status]);

  const start = () => {
    const dataset = form.datasets[form.focus];
    if (dataset) return setShown(dataset.split);
    const options = submittedOptions(form);
    // The form says why.
    if (!options) return dispatch({ type: 'focus', field: 'from' });
    if (nameProblem(form)) return dispatch({ type: 'focus', field: 'name' });
    if (replaced(form)) confirmReplacing(options);
    else takeOver(options);
  };
  const confirmReplacing = (options: FetchOptions & { name: string; from: string }) => {
    app.confirm({
      title: `Replace ${options.name}?`,
      lines: ['The data set of this name is replaced once the new one has been read. Another name keeps both.'],
      yes: 'replace it',
      no: 'keep it',
      onConfirm: () => takeOver({ ...options, overwrite: true }),
      isAboutFiles: true,
    });
  };
  const takeOver = (options: FetchOptions & { name: string; from: string }) => {
    const { name, from } = options;
    store.dispatchNow({ event: 'submit', choice: name, source: from });
    stop.current = runFetch(app, store, {
      name: 'Reading your data',
      stopWarning: STOP_WARNING,
      options,
      verb: 'Took over',
      onDone() {
        setShown(name);
        store.dispatchNow({ event: 'reset' });
      },
      onError(error) {
        if (!isEmnistError(error, 'dataset-exists')) return false;
        // Another program has made it since the status was read.
        restart();
        confirmReplacing(options);
        return true;
      },
    });
  };
  const stopNow = () => void stop.current?.('stopped');
  const confirmStop = () => {
    if (state.canceling) return;
    app.confirm({
      title: 'Stop reading your data?',
      lines: [STOP_WARNING],
      yes: 'stop it',
      no: 'keep reading',
      onConfirm: stopNow,
      isCurrent: () => store.state.phase === 'running',
    });
  };
  const restart = () => {
    setShown(null);
    store.dispatchNow({ event: 'reset' });
  };

  const field = focusedField(form);
  const isForm = phase === 'form' && status !== null;
  const isText = isForm && field !== undefined && field !== 'orientation';
  const onText = (press: KeyPress) => dispatch({ type: 'text', press });
  const handlers = { ...listKeys(dispatch), start, back: app.back };
  useListMouse(
    isForm
      ? {
          ...{ top: 0, focus: form.focus, context: 'formMouse' },
          entryAt: (line) => rowOfLine(form, bodySize(app).height, line),
          onFocus: (row) => dispatch({ type: 'move', by: row - form.focus }),
          onOpen() {
            if (field === undefined) start();
            else dispatch({ type: 'change', by: 1 });
          },
          onWheel: (by) => dispatch({ type: 'move', by }),
        }
      : null,
  );
  const help = () => app.openFromMenu('?');
  useKeys(isForm && field === undefined ? 'ownDataSets' : null, { ...handlers, help }, { onText });
  useKeys(
    isForm && field === 'orientation' ? 'trainForm' : null,
    { ...formKeys(dispatch), start, back: app.back },
    { onTextElsewhere: onText },
  );
  useKeys(isText ? 'text' : null, handlers, { onText });
  useKeys(phase === 'form' && !isForm ? 'view' : null, { back: app.back }, { menu: true });
  useKeys(phase === 'running' ? 'fetching' : null, { stopNow, back: confirmStop });
  const hasFailed = phase === 'canceled' || phase === 'failed';
  useKeys(hasFailed ? 'failed' : null, { restart, back: restart }, { menu: true });

  return (
    <Frame title={shown === null ? 'Your own data' : `Your data: ${shown}`} keyContexts={contexts(phase, form)}>
      {phase === 'form' ? <OwnDataFormView form={form} /> : null}
      {phase === 'running' ? <FetchProgress state={state} /> : null}
      {phase === 'failed' ? <ErrorMessage error={state.error} /> : null}
      {phase === 'canceled' ? <Canceled /> : null}
      {shown === null ? null : (
        <OwnDataView
          name={shown}
          isActive={phase === 'done'}
          train={() => app.navigate({ screen: 'train', split: shown })}
          look={() => app.navigate({ screen: 'images', split: shown })}
          restart={restart}
        />
      )}
    </Frame>
  );
}

function contexts(phase: string, form: OwnDataForm): readonly KeyContext[] {
  if (phase === 'running') return ['fetching', 'global'];
  if (phase === 'done') return ['ownData', 'global'];
  if (phase !== 'form') return ['failed', 'global'];
  const field = focusedField(form);
  if (field === undefined) return ['ownDataSets'];
  const isInvalid = field === 'from' ? sourceValue(form) === undefined : field === 'name' && nameProblem(form) !== null;
  if (isInvalid) return ['invalidField'];
  return [field === 'orientation' ? 'field' : 'text'];
}
