import { useState } from 'react';
import { count, images } from '../../../app/format.ts';
import { mistakeName, portableLabel } from '../../../app/mistake-name.ts';
import { printable, wrap } from '../../../app/text-layout.ts';
import type { Mistake } from '../../../core/evaluation/mistake.ts';
import { type Confirmation, useAppContext } from '../../app-context.ts';
import { overwriteQuestion, usePathEntry } from '../../hooks/use-path-entry.ts';
import type { Theme } from '../../theme/theme.ts';
import type { MistakeChoice } from '../evaluate/evaluation.ts';

interface Saving {
  readonly as: 'file' | 'folder';
  readonly mistakes: readonly Mistake[];
}

/** Saves misread images as PNG files: asks for the path, and says where they are. */
export function useMistakeSaving({ truth, guess }: Pick<MistakeChoice, 'truth' | 'guess'>) {
  const { services } = useAppContext();
  const [saved, setSaved] = useState(0);
  const [note, setNote] = useState('');
  const { entry, error, contexts, open, line } = usePathEntry<Saving>({
    keys: () => 'savePath',
    async run({ as, mistakes }, path, force, signal) {
      setSaved(0);
      const target = await services.saveMistakes(mistakes, { path, as, force, onImage: setSaved }, signal);
      if (signal.aborted) return;
      setNote(
        as === 'file' ? `Saved as ${printable(target)}` : `Saved ${images(mistakes.length)} in ${printable(target)}`,
      );
    },
    question: ({ as }, path) => (as === 'file' ? overwriteQuestion(path) : folderQuestion(path)),
  });
  return {
    isActive: entry !== null,
    error,
    contexts,
    start(as: Saving['as'], mistakes: readonly Mistake[]) {
      const [first] = mistakes;
      if (!first) return;
      const folder = ['mistakes', truth, ...(guess === null ? [] : ['as', guess])];
      setNote('');
      open({ as, mistakes }, as === 'file' ? mistakeName(first) : folder.map(portableLabel).join('-'));
    },
    /** Forgets where something was saved: it was about another image. */
    clearNote: () => setNote(''),
    /** The field for the path, the progress, or where something was saved. */
    lines(width: number, theme: Theme): string[] {
      if (!entry) return note ? wrap(`${theme.paint('good', theme.glyphs.tick)} ${note}`, width) : [];
      const { as, mistakes } = entry.request;
      if (entry.phase === 'running') {
        return [`Saving ${count(saved)} of ${images(mistakes.length)}${theme.glyphs.ongoing}`];
      }
      const title = as === 'file' ? 'Save this image as' : `Save ${images(mistakes.length)} in the folder`;
      return [theme.paint('selected', title), line(width, 'type or paste a path', theme)];
    },
  };
}

function folderQuestion(path: string): Omit<Confirmation, 'onConfirm'> {
  const content = 'Mistakes of an earlier evaluation in it are replaced; other files stay.';
  return {
    title: 'Write into this folder?',
    lines: [`${printable(path)} is not empty. ${content}`],
    yes: 'write into it',
    no: 'leave it alone',
  };
}
