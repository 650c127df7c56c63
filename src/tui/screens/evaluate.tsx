import { type ReactNode, useEffect, useReducer, useRef } from 'react';
import { sourceName } from '../../app/source-name.ts';
import { follow, wasAborted } from '../activity.ts';
import { Frame } from '../components/frame.tsx';
import { formKeys } from '../components/list-form.ts';
import { images, percent } from '../format.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useStore } from '../hooks/use-store.ts';
import type { Context } from '../keymap.ts';
import type { Route } from '../routes.ts';
import { useShell } from '../shell.ts';
import { INITIAL_EVALUATE, INITIAL_FORM, PART_CHOICES, reduceEvaluate, reduceForm } from './evaluate-state.ts';
import { EvaluateFormView, EvaluateOutcome, EvaluateProgress } from './evaluate-view.tsx';

/** Measures a model: choose, watch, and what came of it. */
export function EvaluateScreen({ route }: { route: Extract<Route, { screen: 'evaluate' }> }): ReactNode {
  const shell = useShell();
  const { services, session, status } = shell;
  const [form, act] = useReducer(reduceForm, INITIAL_FORM);
  const [state, store] = useStore(reduceEvaluate, () => INITIAL_EVALUATE);
  const stop = useRef<ReturnType<typeof follow> | null>(null);
  const { phase } = state;

  useEffect(() => {
    if (status) act({ type: 'present', models: status.models, datasets: status.datasets, wanted: route.model });
  }, [status, route.model]);

  const start = () => {
    const chosen = reduceForm(form, { type: 'choose' });
    act({ type: 'choose' });
    const split = chosen.splits[chosen.split];
    const model = chosen.models[chosen.choice];
    if (!split) return shell.go({ screen: 'fetch' });
    if (!model) return shell.go({ screen: 'train' });
    const controller = new AbortController();
    store.act({ event: 'begin' });
    stop.current = follow(session, {
      name: 'The evaluation',
      onStop: 'Nothing is lost; it can be done again.',
      asksFirst: false,
      events: services.evaluate({ split, part: PART_CHOICES[chosen.part], model: model.name }, controller.signal),
      stop: () => controller.abort(),
      onEvent(event) {
        store.dispatch(event);
        if (event.event !== 'end') return;
        session.note(
          `Evaluated ${event.model} on ${sourceName(event)}: accuracy ${percent(event.accuracy)} on ${images(event.images)}.`,
        );
      },
      onEnd(failure) {
        if (!failure) store.publish();
        else if (wasAborted(controller.signal, failure.error)) store.act({ event: 'canceled' });
        else store.act({ event: 'failed', error: failure.error });
      },
    });
  };
  const home = () => shell.go({ screen: 'home' });
  const again = () => store.act({ event: 'again' });

  useKeys(phase === 'form' ? 'form' : null, { ...formKeys(act), start, back: home }, { menu: true });
  useKeys(phase === 'running' ? 'evaluating' : null, { cancel: () => void stop.current?.('stopped') });
  useKeys(phase === 'done' ? 'evaluated' : null, { again, back: home }, { menu: true });
  useKeys(phase === 'canceled' || phase === 'failed' ? 'failed' : null, { again, back: home }, { menu: true });

  const contexts: readonly Context[] = {
    form: ['form', 'global'] as const,
    running: ['evaluating'] as const,
    done: ['evaluated', 'global'] as const,
    canceled: ['failed', 'global'] as const,
    failed: ['failed', 'global'] as const,
  }[phase];
  return (
    <Frame title="Evaluate a model" contexts={contexts}>
      {phase === 'form' ? <EvaluateFormView form={form} /> : null}
      {phase === 'running' ? <EvaluateProgress state={state} /> : null}
      {phase !== 'form' && phase !== 'running' ? <EvaluateOutcome state={state} /> : null}
    </Frame>
  );
}
