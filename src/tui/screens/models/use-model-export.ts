import { useReducer, useRef, useState } from 'react';
import { bytes } from '../../../app/format.ts';
import { printable } from '../../../app/text-layout.ts';
import { isEmnistError, messageOf } from '../../../core/errors.ts';
import { useAppContext } from '../../app-context.ts';
import { listKeys } from '../../components/list-form.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { overwriteQuestion } from '../../hooks/use-path-entry.ts';
import type { KeyPress } from '../../keys/key-presses.ts';
import {
  type ExportAction,
  type ExportForm,
  exportFormat,
  exportPath,
  PATH_ROW,
  reduceExport,
  startExport,
} from './model-export.ts';

/** Whether the form is open, whether it is being carried out, or why that failed. */
type Phase = 'form' | 'running' | { readonly error: unknown };

/**
 * Exports a model: asks for the format and the path, and before a file is overwritten.
 *
 * @param onEnd called with a sentence about the result: that of an export that was left may be that it failed
 */
export function useModelExport(onEnd: { succeed: (message: string) => void; refuse: (message: string) => void }) {
  const app = useAppContext();
  const [form, dispatch] = useReducer(
    (current: ExportForm | null, action: ExportAction | { type: 'open'; model: string } | { type: 'close' }) => {
      if (action.type === 'open') return startExport(action.model);
      return action.type === 'close' || !current ? null : reduceExport(current, action);
    },
    null,
  );
  const [phase, setPhase] = useState<Phase>('form');
  /** The number of the latest export: one that was left behind does not close the form of another. */
  const latest = useRef(0);

  const close = () => {
    latest.current++;
    dispatch({ type: 'close' });
    setPhase('form');
  };
  const run = async (wanted: ExportForm, force: boolean): Promise<void> => {
    const out = exportPath(wanted);
    // The form says what is missing.
    if (out === undefined) return;
    const number = ++latest.current;
    const isCurrent = () => number === latest.current;
    setPhase('running');
    try {
      const options = { format: exportFormat(wanted), model: wanted.model, out, force };
      const done = await app.services.exportModel(options);
      if (isCurrent()) close();
      onEnd.succeed(`Exported ${printable(done.model)} to ${printable(done.path)} (${bytes(done.bytes)}).`);
    } catch (error) {
      if (!isCurrent()) {
        return onEnd.refuse(`${printable(wanted.model)} was not exported: ${printable(messageOf(error))}.`);
      }
      if (!isEmnistError(error, 'file-exists') || force) return setPhase({ error });
      setPhase('form');
      app.confirm({ ...overwriteQuestion(out), onConfirm: () => void run(wanted, true) });
    }
  };

  const isForm = form !== null && phase === 'form';
  const isTyping = isForm && form.focus === PATH_ROW;
  const hasFailed = form !== null && typeof phase === 'object';
  const handlers = { ...listKeys(dispatch), start: () => form && void run(form, false), back: close };
  const onText = (press: KeyPress) => dispatch({ type: 'text', press });
  const help = () => app.openFromMenu('?');
  useKeys(isForm && !isTyping ? 'pathForm' : null, { ...handlers, help }, { onText });
  useKeys(isTyping ? 'text' : null, handlers, { onText });
  useKeys(form !== null && phase === 'running' ? 'view' : null, { back: close });
  useKeys(hasFailed ? 'failed' : null, { restart: () => setPhase('form'), back: close }, { menu: true });
  return {
    form,
    isRunning: phase === 'running',
    error: typeof phase === 'object' ? phase.error : null,
    context: isTyping
      ? ('text' as const)
      : isForm
        ? ('pathForm' as const)
        : hasFailed
          ? ('failed' as const)
          : ('view' as const),
    open: (model: string) => dispatch({ type: 'open', model }),
  };
}
