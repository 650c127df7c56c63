import { type ReactNode, useMemo, useState } from 'react';
import { printable } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Frame } from '../../components/frame.tsx';
import { moveKeys } from '../../components/list-form.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useScrollMouse } from '../../hooks/use-scroll-mouse.ts';
import type { Route } from '../../routes.ts';
import { chosenMistakes } from '../evaluate/evaluation.ts';
import { MistakesView } from './mistakes-view.tsx';
import { useMistakeSaving } from './use-mistake-saving.ts';
import { useNeighbors } from './use-neighbors.ts';

/** Misread images, one at a time, each with what the network takes it for and the training images that it resembles. */
export function MistakesScreen({ route }: { route: Extract<Route, { screen: 'mistakes' }> }): ReactNode {
  const app = useAppContext();
  const { evaluation, truth, guess } = route.of;
  const { mistakes, total } = useMemo(() => chosenMistakes(route.of), [route]);
  const [position, setPosition] = useState(0);
  const mistake = mistakes[position];
  const neighbors = useNeighbors(evaluation.end, mistake);
  const saving = useMistakeSaving(route.of);
  const moves = moveKeys(({ by }) => {
    setPosition((latest) => Math.max(0, Math.min(mistakes.length - 1, latest + by)));
    saving.clearNote();
  });
  useScrollMouse(saving.isActive ? null : moves, 1);
  useKeys(
    saving.isActive ? null : 'mistakes',
    {
      ...moves,
      save: () => saving.start('file', mistake ? [mistake] : []),
      saveAll: () => saving.start('folder', mistakes),
      draw: () => app.navigate({ screen: 'draw', model: evaluation.end.model, here: true }),
      back: app.back,
    },
    { menu: true },
  );
  const what = guess === null ? printable(truth) : `${printable(truth)} read as ${printable(guess)}`;
  return (
    <Frame title={`Mistakes: ${what}`} keyContexts={saving.isActive ? saving.contexts : ['mistakes', 'global']}>
      {saving.error !== null ? (
        <ErrorMessage error={saving.error} />
      ) : (
        <MistakesView
          end={evaluation.end}
          mistake={mistake}
          place={{ position, kept: mistakes.length, total }}
          neighbors={neighbors}
          notes={saving.lines}
        />
      )}
    </Frame>
  );
}
