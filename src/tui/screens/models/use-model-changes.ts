import { useState } from 'react';
import { printable } from '../../../app/text-layout.ts';
import { busyModel } from '../../../core/model/model-lock.ts';
import { useAppContext } from '../../app-context.ts';
import { entryText, findOwn, type ModelEntry } from './model-entry.ts';

/** Changes models on disk. What fails is kept, to be shown and tried again. */
export function useModelChanges() {
  const app = useAppContext();
  const { services, training } = app;
  const [failure, setFailure] = useState<{ error: unknown; retry: () => void } | null>(null);
  const change = (work: () => Promise<void>, onDone?: () => void): void => {
    setFailure(null);
    work()
      .then(onDone, (error: unknown) => setFailure({ error, retry: () => change(work, onDone) }))
      .finally(app.refreshStatus);
  };
  return {
    failure,
    dismissFailure: () => setFailure(null),
    makeDefault: (name: string) => change(() => services.chooseDefaultModel(name)),
    rename: (name: string, to: string, onDone: () => void) => change(() => services.renameModel(name, to), onDone),
    note: (name: string, note: string, onDone: () => void) => change(() => services.noteModel(name, note), onDone),
    /** Asks first, unless a training run needs the model: then it says so. */
    remove(entry: ModelEntry, onDone?: () => void) {
      const { name, run } = entry;
      if (run?.holder) {
        const retry = () => {
          setFailure(null);
          app.refreshStatus();
        };
        return setFailure({ error: busyModel(name, run.holder, 'delete'), retry });
      }
      app.confirm({
        title: `Delete ${printable(name)}?`,
        lines: app.status?.links.includes(name)
          ? [`This deletes only the link ${printable(name)}. What it leads to stays.`]
          : [`This deletes ${entryText(entry)}.`, 'It cannot be recovered.'],
        yes: 'delete it',
        no: 'keep it',
        onConfirm: () =>
          change(
            () => services.deleteModel(name),
            () => {
              training.forget(name);
              onDone?.();
            },
          ),
        isAboutFiles: true,
        isCurrent: (current) => current === null || findOwn(name, current) !== undefined,
      });
    },
  };
}
