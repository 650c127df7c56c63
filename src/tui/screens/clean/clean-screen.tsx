import { type ReactNode, useReducer } from 'react';
import { bytes, counted } from '../../../app/format.ts';
import type { Status } from '../../../app/services.ts';
import { printable } from '../../../app/text-layout.ts';
import { listText } from '../../../core/list-text.ts';
import { useAppContext } from '../../app-context.ts';
import { Frame } from '../../components/frame.tsx';
import { moveKeys } from '../../components/list-form.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { entryOfLine, useListMouse } from '../../hooks/use-list-mouse.ts';
import { INITIAL_CLEAN, reduceClean } from './clean-state.ts';
import { CleanForm, CleanResult, STORAGE, storageNote } from './clean-view.tsx';

/** Samples are the user's own work, so the question says how many there are. */
function titleOf({ name, samples = 0 }: Status['storage'][number]): string {
  return samples > 0 ? counted(samples, 'sample') : STORAGE[name].name.toLowerCase();
}

/** Frees disk space: selection, confirmation and result. */
export function CleanScreen(): ReactNode {
  const app = useAppContext();
  const { services, tasks, status } = app;
  const [state, dispatch] = useReducer(reduceClean, INITIAL_CLEAN);
  const { phase } = state;
  const storage = status?.storage ?? [];
  const selected = storage.filter(({ name }) => state.selected.has(name));
  const { back } = app;

  const remove = () => {
    dispatch({ event: 'submit' });
    services
      .clean(selected.map(({ name }) => name))
      .then(
        (result) => {
          tasks.addToSummary(`Freed ${bytes(result.freed)}.`);
          dispatch(result);
        },
        (error: unknown) => dispatch({ event: 'failed', error }),
      )
      .finally(app.refreshStatus);
  };
  const confirm = () => {
    if (selected.length === 0) return;
    const total = selected.reduce((sum, { bytes: size }) => sum + size, 0);
    app.confirm({
      title: `Delete ${listText(selected.map(titleOf), selected.length)}?`,
      lines: [
        ...selected.flatMap((entry) => [
          `${STORAGE[entry.name].name}: ${bytes(entry.bytes)}, ${storageNote(entry)}`,
          printable(entry.path),
          '',
        ]),
        `This frees ${bytes(total)}. Only files that emnist-tui created are deleted.`,
      ],
      yes: 'delete',
      no: 'keep everything',
      onConfirm: remove,
      isAboutFiles: true,
      isCurrent: (latest) =>
        latest === null ||
        selected.every(({ name }) => latest.storage.some((entry) => entry.name === name && entry.bytes > 0)),
    });
  };

  const toggle = () => {
    const entry = storage[state.focus];
    if (entry && entry.bytes > 0) dispatch({ event: 'toggle', name: entry.name });
  };
  const move = (by: number) => dispatch({ event: 'move', by, rows: storage.length });
  useListMouse(
    phase === 'form' && storage.length > 0
      ? {
          // Each entry has its path below it. A click selects, since what is selected is about to be deleted.
          ...{ top: 0, entryAt: entryOfLine(storage.length, 2), focus: state.focus, onOpen: toggle },
          ...{ onFocus: (entry) => move(entry - state.focus), onWheel: move },
        }
      : null,
  );
  useKeys(
    phase === 'form' ? 'clean' : null,
    {
      ...moveKeys(({ by }) => move(by)),
      toggle,
      delete: confirm,
      back,
    },
    { menu: true },
  );
  useKeys(phase === 'done' ? 'cleaned' : null, { back }, { menu: true });
  const restart = () => dispatch({ event: 'reset' });
  useKeys(phase === 'failed' ? 'failed' : null, { restart, back }, { menu: true });
  const result = phase === 'failed' ? 'failed' : 'cleaned';
  const canSelect = (storage[state.focus]?.bytes ?? 0) > 0;
  const form = selected.length > 0 ? 'clean' : canSelect ? 'cleanUnselected' : 'cleanEmpty';
  return (
    <Frame title="Free disk space" keyContexts={[phase === 'form' ? form : result, 'global']}>
      {phase === 'form' ? <CleanForm state={state} /> : <CleanResult state={state} />}
    </Frame>
  );
}
