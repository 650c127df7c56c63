import { type RefObject, useEffect, useReducer, useRef } from 'react';
import type { Drawing as DrawServer } from '../../../app/draw.ts';
import { MAX_MAPS } from '../../../core/inspection.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { NO_INSIDE, reduceInside } from './draw-inside-state.ts';
import { SHOWN_ANSWERS } from './draw-reading.ts';
import type { DrawState } from './draw-state.ts';

/**
 * Looks into the network while the view is open: handlers for its keys, and what is shown. One image is inspected at a time,
 * then the latest.
 *
 * @param isShown whether the view is shown if it is open
 * @param open opens the page
 */
export function useDrawInside(
  state: DrawState,
  server: RefObject<DrawServer | null>,
  isShown: boolean,
  open: () => void,
) {
  const [inside, dispatch] = useReducer(reduceInside, NO_INSIDE);
  const running = useRef<AbortController | null>(null);
  const answers = Math.min(SHOWN_ANSWERS, state.predictions.length);
  const answer = Math.min(inside.answer, answers - 1);
  const label = state.predictions[answer]?.label;
  const { image } = state;
  const model = state.reader?.model ?? '';
  const isOpen = inside.isOpen && isShown;
  const { shown } = inside;
  useEffect(() => {
    if (!isOpen || !image || label === undefined || !server.current) {
      running.current?.abort();
      running.current = null;
      return;
    }
    const isDone = shown?.image === image && shown.label === label && shown.model === model;
    if (running.current || isDone) return;
    const controller = new AbortController();
    running.current = controller;
    const end = (outcome: Pick<NonNullable<typeof shown>, 'inspection' | 'error'>) => {
      if (running.current !== controller) return;
      running.current = null;
      dispatch({ event: 'inspected', inspected: { image, label, answer, model, ...outcome } });
    };
    server.current.inspect(image, { label, maps: MAX_MAPS, signal: controller.signal }).then(
      (inspection) => end({ inspection, error: null }),
      (error: unknown) => end({ inspection: null, error }),
    );
  }, [isOpen, image, label, answer, model, shown, server]);
  useEffect(() => () => running.current?.abort(), []);
  const toggle = () => dispatch({ event: 'toggled' });
  const move = (by: 1 | -1, wraps: boolean) => () => dispatch({ event: 'moved', by, wraps });
  useKeys(
    isOpen ? 'inside' : null,
    {
      up: move(-1, false),
      down: move(1, false),
      nextLayer: move(1, true),
      previousLayer: move(-1, true),
      why: () => dispatch({ event: 'asked', answers }),
      open,
      back: toggle,
    },
    { menu: true },
  );
  const handlers = {
    inside() {
      if (isShown) toggle();
    },
  };
  return { inside, isOpen, handlers };
}
