import { useEffect, useRef, useState } from 'react';
import { count, images } from '../../app/format.ts';
import { mistakeName, portableLabel } from '../../app/mistake-name.ts';
import { printable, wrap } from '../../app/text-layout.ts';
import { isEmnistError } from '../../core/errors.ts';
import type { Mistake } from '../../core/evaluation/mistake.ts';
import { useAppContext } from '../app-context.ts';
import {
  editText,
  fieldLine,
  fieldText,
  insertText,
  pastedPath,
  type TextField,
  textField,
} from '../components/text-field.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { isAbortError } from '../run-task.ts';
import type { Theme } from '../theme/theme.ts';
import type { MistakeChoice } from './evaluation.ts';

interface Saving {
  readonly as: 'file' | 'folder';
  readonly mistakes: readonly Mistake[];
  readonly field: TextField;
  /** How many have been saved; null while the path is entered. */
  readonly saved: number | null;
  readonly error: unknown;
}

/** Saves misread images as PNG files: asks for the path, and says where they are. */
export function useMistakeSaving({ truth, guess }: Pick<MistakeChoice, 'truth' | 'guess'>) {
  const app = useAppContext();
  const [saving, setSaving] = useState<Saving | null>(null);
  const [note, setNote] = useState('');
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);

  const start = (as: Saving['as'], mistakes: readonly Mistake[]) => {
    const [first] = mistakes;
    if (!first) return;
    const folder = ['mistakes', truth, ...(guess === null ? [] : ['as', guess])];
    const path = as === 'file' ? mistakeName(first) : folder.map(portableLabel).join('-');
    setNote('');
    setSaving({ as, mistakes, field: textField(path), saved: null, error: null });
  };
  const close = () => {
    controller.current?.abort();
    setSaving(null);
  };
  const run = async (request: Saving, force = false): Promise<void> => {
    const { as, mistakes, field } = request;
    const path = fieldText(field).trim();
    if (path === '') return;
    const aborting = new AbortController();
    controller.current = aborting;
    setSaving({ ...request, saved: 0, error: null });
    try {
      const onImage = (saved: number) => setSaving((latest) => latest && { ...latest, saved });
      const target = await app.services.saveMistakes(mistakes, { path, as, force, onImage }, aborting.signal);
      if (aborting.signal.aborted) return;
      setSaving(null);
      setNote(
        as === 'file' ? `Saved as ${printable(target)}` : `Saved ${images(mistakes.length)} in ${printable(target)}`,
      );
    } catch (error) {
      if (isAbortError(aborting.signal, error)) return;
      setSaving({ ...request, error: isEmnistError(error, 'file-exists') && !force ? null : error });
      if (isEmnistError(error, 'file-exists') && !force) app.confirm(question(as, path, () => void run(request, true)));
    }
  };

  const isTyping = saving !== null && saving.saved === null && saving.error === null;
  useKeys(
    isTyping ? 'savePath' : null,
    { save: () => saving && void run(saving), back: close },
    {
      onText: ({ text, name }) => {
        if (!saving) return;
        const added = name === 'paste' ? pastedPath(text) : text;
        const { field } = saving;
        setSaving({ ...saving, field: added ? insertText(field, added) : editText(field, name) });
      },
    },
  );
  useKeys(saving !== null && saving.saved !== null ? 'view' : null, { back: close });
  useKeys(
    saving !== null && saving.error !== null ? 'failed' : null,
    { restart: () => saving && setSaving({ ...saving, error: null }), back: close },
    { menu: true },
  );
  return {
    isActive: saving !== null,
    error: saving?.error ?? null,
    context: isTyping ? ('savePath' as const) : saving?.error ? ('failed' as const) : ('view' as const),
    start,
    /** Forgets where something was saved: it was about another image. */
    clearNote: () => setNote(''),
    /** The field for the path, the progress, or where something was saved. */
    lines(width: number, theme: Theme): string[] {
      if (!saving) return note ? wrap(`${theme.paint('good', theme.glyphs.tick)} ${note}`, width) : [];
      const { as, mistakes, field, saved } = saving;
      if (saved !== null) return [`Saving ${count(saved)} of ${images(mistakes.length)}${theme.glyphs.ongoing}`];
      const title = as === 'file' ? 'Save this image as' : `Save ${images(mistakes.length)} in the folder`;
      return [theme.paint('selected', title), fieldLine(field, width, isTyping, 'type or paste a path', theme)];
    },
  };
}

function question(as: Saving['as'], path: string, onConfirm: () => void) {
  return as === 'file'
    ? {
        title: 'Overwrite the file?',
        lines: [`${printable(path)} already exists.`],
        yes: 'overwrite it',
        no: 'keep it',
        onConfirm,
      }
    : {
        title: 'Write into this folder?',
        lines: [
          `${printable(path)} is not empty. Mistakes of an earlier evaluation in it are replaced; other files stay.`,
        ],
        yes: 'write into it',
        no: 'leave it alone',
        onConfirm,
      };
}
