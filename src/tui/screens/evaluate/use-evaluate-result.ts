import { useEffect, useState } from 'react';
import { useAppContext } from '../../app-context.ts';
import { moveKeys } from '../../components/list-form.ts';
import { pageOf } from '../../components/long-list.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useListMouse } from '../../hooks/use-list-mouse.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import {
  errorLists,
  INITIAL_LISTS,
  type ResultAction,
  type ResultLists,
  reduceLists,
  selectedMistakes,
} from './evaluate-lists.ts';
import { listHeight, rowAt } from './evaluate-result.tsx';
import type { EvaluateState } from './evaluate-state.ts';

/** The cursor of a result, and its keys. `restart` goes back to the form. */
export function useEvaluateResult(
  { end, mistakes }: EvaluateState,
  restart: () => void,
): { lists: ResultLists; context: KeyContext } {
  const app = useAppContext();
  const [lists, setLists] = useState(INITIAL_LISTS);
  // Another evaluation has other lists.
  useEffect(() => {
    if (!end) setLists(INITIAL_LISTS);
  }, [end]);
  const evaluation = end && { end, mistakes };
  const found = evaluation ? errorLists(evaluation) : { classes: [], confusions: [] };
  const lengths = { classes: found.classes.length, confusions: found.confusions.length };
  const dispatch = (action: ResultAction) => setLists((latest) => reduceLists(latest, action, lengths));
  const heatMap = () => evaluation && app.navigate({ screen: 'confusions', of: evaluation });
  const hasMistakes = lengths.classes > 0;
  const open = () => {
    const choice = evaluation && selectedMistakes(evaluation, lists);
    if (choice) app.navigate({ screen: 'mistakes', of: choice });
  };
  // To the mouse, the confusions come after the classes.
  const entryOf = (list: ResultLists['focus'], index: number) => (list === 'classes' ? index : lengths.classes + index);
  useListMouse(
    end && hasMistakes
      ? {
          ...{ top: 0, focus: entryOf(lists.focus, lists[lists.focus]), onOpen: open },
          entryAt(line, column) {
            const row = rowAt(app, { end, lists }, { line, column });
            return row && entryOf(row.list, row.index);
          },
          onFocus: (entry) =>
            entry < lengths.classes
              ? dispatch({ type: 'select', list: 'classes', index: entry })
              : dispatch({ type: 'select', list: 'confusions', index: entry - lengths.classes }),
          onWheel: (by) => dispatch({ type: 'move', by }),
        }
      : null,
  );
  useKeys(
    end && hasMistakes ? 'evaluated' : null,
    {
      ...moveKeys(dispatch, pageOf(end ? listHeight(app, end) - 1 : 0)),
      switch: () => dispatch({ type: 'switch' }),
      mistakes: open,
      heatMap,
      restart,
      back: restart,
    },
    { menu: true },
  );
  useKeys(end && !hasMistakes ? 'evaluatedWell' : null, { heatMap, restart, back: restart }, { menu: true });
  return { lists, context: hasMistakes ? 'evaluated' : 'evaluatedWell' };
}
