import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Drawing } from '../../../app/draw.ts';
import { printable } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { Frame } from '../../components/frame.tsx';
import { useKeys } from '../../hooks/use-keys.ts';
import { useThrottledStore } from '../../hooks/use-throttled-store.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import type { Route } from '../../routes.ts';
import { nextExpectation } from './draw-expected.ts';
import { DrawInside } from './draw-inside.tsx';
import { DrawModels } from './draw-models.tsx';
import { type DrawAttempt, openBrowser, serve } from './draw-serving.ts';
import { initialDraw, reduceDraw } from './draw-state.ts';
import { DrawView } from './draw-view.tsx';
import { useCheckpoints } from './use-checkpoints.ts';
import { useDrawHere } from './use-draw-here.ts';
import { useDrawInside } from './use-draw-inside.ts';
import { useDrawLabels } from './use-draw-labels.ts';
import { useDrawWriting } from './use-draw-writing.ts';

const ALL_ADDRESSES = '0.0.0.0';
const SHARING = [
  'Everyone in your network who has the address will be able to draw.',
  'The connection is not encrypted: use it only where nobody else can read along.',
];

/** Serves the canvas page while the screen is open, and mirrors what is drawn on it. */
export function DrawScreen({ route }: { route: Extract<Route, { screen: 'draw' }> }): ReactNode {
  const app = useAppContext();
  const { services, tasks } = app;
  const [state, store] = useThrottledStore(reduceDraw, () => initialDraw(app.acceptedTexts.current, route.here));
  const server = useRef<Drawing | null>(null);
  const [attempt, setAttempt] = useState<DrawAttempt>(() => {
    const { model, practice, here } = route;
    return { model, practice, here };
  });
  const [isChoosing, setChoosing] = useState(false);
  useEffect(() => serve({ services, tasks }, attempt, store, server), [services, tasks, attempt, store]);
  useCheckpoints(state, store, server);
  const { phase, reader, shared, modelFailure } = state;

  const { back } = app;
  const restart = (next: DrawAttempt) => {
    store.dispatchNow({ event: 'restart' });
    setAttempt({ ...next });
  };
  const hasCanvas = state.clients > 0 || state.here !== null;
  const share = () => {
    const model = reader?.model;
    const local = { ...attempt, model, hasPage: hasCanvas, host: undefined };
    if (shared) return restart(local);
    app.confirm({
      title: 'Let other devices draw?',
      lines: SHARING,
      yes: 'share the page',
      no: 'keep it on this machine',
      onConfirm: () => restart({ ...local, host: ALL_ADDRESSES }),
    });
  };
  useKeys(
    phase === 'failed' ? 'failed' : null,
    {
      restart: () => restart(attempt),
      back,
    },
    { menu: true },
  );
  const isWriting = state.writing.mode === 'word';
  const context = shared ? 'drawingShared' : 'drawing';
  const writingContext = shared ? 'writingShared' : 'writing';
  useKeys(phase === 'starting' ? 'view' : null, { back }, { menu: true });
  const isListening = phase === 'listening' && !isChoosing;
  const labels = useDrawLabels(state, store, server, isListening, () => restart(attempt));
  const writing = useDrawWriting(state, store, server);
  const open = () => {
    if (server.current) openBrowser(app, server.current, store, state.fragment);
  };
  const hasNothingElse = isListening && !labels.isBusy && !isWriting && !modelFailure && hasCanvas;
  const inside = useDrawInside(state, server, hasNothingElse, open);
  const areKeysFree = isListening && !labels.isBusy && !inside.isOpen;
  useKeys(areKeysFree && isWriting ? writingContext : null, { ...writing.handlers, open, share, back }, { menu: true });
  const here = useDrawHere(state, store, server, areKeysFree);
  const readings = {
    ...labels.handlers,
    model() {
      // Models may have been trained or deleted since the screen was opened.
      app.refreshStatus();
      setChoosing(true);
    },
    expect() {
      const expected = nextExpectation(state.expected, reader?.labels ?? []);
      server.current?.setExpected(expected);
      store.dispatchNow({ event: 'expect', expected });
    },
    adapt: () => restart({ ...attempt, model: reader?.model, hasPage: hasCanvas, adapt: !state.adapts }),
  };
  useKeys(
    areKeysFree && !isWriting && !here.isOpen ? context : null,
    { ...readings, ...writing.handlers, ...inside.handlers, here: here.open, open, share, back },
    { menu: true },
  );
  // Where the screen was opened for the canvas, there is nothing below it.
  const hereHandlers = route.here ? { ...here.handlers, back } : here.handlers;
  useKeys(areKeysFree && here.isOpen ? 'drawingHere' : null, { ...readings, ...inside.handlers, ...hereHandlers });
  const change = (model: string) => {
    const fail = (error: unknown) => store.dispatchNow({ event: 'modelFailed', model, error });
    server.current?.switchModel(model).catch(fail);
  };
  const choose = (model: string) => {
    setChoosing(false);
    if (model !== reader?.model || modelFailure) change(model);
  };
  useKeys(areKeysFree && modelFailure ? 'retry' : null, {
    retry: () => modelFailure && change(modelFailure.model),
  });

  if (phase === 'listening' && isChoosing) {
    return <DrawModels current={reader?.model} onChoose={choose} onBack={() => setChoosing(false)} />;
  }
  const keyContexts: Record<typeof phase, readonly KeyContext[]> = {
    failed: ['failed', 'global'],
    starting: ['view', 'global'],
    listening: labels.isBusy
      ? labels.contexts
      : inside.isOpen
        ? ['inside', 'global']
        : isWriting
          ? [...(modelFailure ? (['retry'] as const) : writing.hints), writingContext, 'global']
          : [
              ...(modelFailure ? (['retry'] as const) : labels.hints),
              ...here.hints,
              here.isOpen ? 'drawingHere' : context,
              'global',
            ],
  };
  const model = reader?.model ?? attempt.model;
  const { epoch } = state.checkpoint;
  const title = model ? `Draw with ${printable(model)}${epoch === null ? '' : `, epoch ${epoch}`}` : 'Draw';
  return (
    <Frame title={isWriting ? 'Write' : title} keyContexts={keyContexts[phase]}>
      {inside.isOpen ? <DrawInside state={state} inside={inside.inside} /> : <DrawView state={state} />}
    </Frame>
  );
}
