import { type ReactNode, useContext, useEffect, useReducer, useState } from 'react';
import { printable } from '../../../app/text-layout.ts';
import { isEmnistError } from '../../../core/errors.ts';
import { CurrentContext, useAppContext } from '../../app-context.ts';
import { useTraining } from '../../hooks/use-training.ts';
import type { Route } from '../../routes.ts';
import type { RunOptions } from '../../training-session.ts';
import { entryText, findOwn, type ModelEntry } from '../models/model-entry.ts';
import { reduceForm, submitted, submittedOptions } from './train-form.ts';
import { TrainFormScreen } from './train-form-screen.tsx';
import { focusedField, INITIAL_FORM, lacksNetwork, nameProblem, replaced } from './train-form-state.ts';
import { invalidOptionName } from './train-options.ts';
import { TrainResultScreen } from './train-result-screen.tsx';
import { TrainRunScreen } from './train-run-screen.tsx';

/** Trains a network: the form, the run in progress, or its result. */
export function TrainScreen({ route }: { route: Extract<Route, { screen: 'train' }> }): ReactNode {
  const app = useAppContext();
  const { training, status, confirm } = app;
  const isCurrent = useContext(CurrentContext);
  const [form, dispatch] = useReducer(reduceForm, INITIAL_FORM);
  const state = useTraining();
  /** The run that was active when the screen was opened. */
  const [earlier] = useState(() => (training.isActive ? training.options : null));

  useEffect(() => {
    if (!status) return;
    const splits = status.datasets.filter(({ trainImages }) => trainImages !== null).map(({ split }) => split);
    dispatch({ type: 'load', splits, known: status, split: route.split, resume: route.resume });
  }, [status, route.split, route.resume]);

  const confirmReplacing = (old: ModelEntry, options: RunOptions) => {
    const { name } = old;
    // The status may not have it yet.
    const isListed = status !== null && findOwn(name, status) !== undefined;
    confirm({
      title: `Replace ${printable(name)}?`,
      lines: [
        `This would be lost: ${entryText(old)}.`,
        'The new model replaces it after the first epoch, and it cannot be recovered. Another name keeps both.',
      ],
      yes: 'replace it',
      no: 'keep it',
      onConfirm: () => training.start({ ...options, overwrite: true }),
      isAboutFiles: true,
      isCurrent: (current) => !isListed || current === null || findOwn(name, current) !== undefined,
    });
  };
  const start = () => {
    const invalid = invalidOptionName(form.options.values);
    if (invalid || focusedField(form) === 'options') {
      return dispatch({ type: 'options', action: { type: 'open', focus: invalid } });
    }
    const options = submittedOptions(form);
    const next = submitted(form);
    dispatch({ type: 'choose' });
    // The form says why.
    if (lacksNetwork(next)) return dispatch({ type: 'focus', field: 'network' });
    if (!options) return app.navigate({ screen: 'fetch' });
    if (nameProblem(next)) return dispatch({ type: 'focus', field: 'name' });
    const old = replaced(next);
    if (old) confirmReplacing(old, options);
    else training.start(options);
  };
  // Another program has made a model of this name since the status was read.
  const existing =
    state.phase === 'failed' && isEmnistError(state.error, 'model-exists') ? state.error.data.model : null;
  const { options } = training;
  const isAsked = isCurrent && existing !== null && options !== null;
  useEffect(() => {
    if (!isAsked) return;
    training.reset();
    confirmReplacing({ name: existing }, options);
  });

  if (state.phase === 'form' || isAsked) return <TrainFormScreen form={form} dispatch={dispatch} start={start} />;
  if (state.phase === 'running') {
    const isInTheWay = route.split !== undefined && earlier !== null && earlier === options;
    return <TrainRunScreen state={state} wanted={isInTheWay ? route.split : undefined} />;
  }
  return <TrainResultScreen state={state} />;
}
