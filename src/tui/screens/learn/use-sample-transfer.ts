import { useState } from 'react';
import type { SamplesEvent } from '../../../app/events.ts';
import { bytes, counted } from '../../../app/format.ts';
import { printable, wrap } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { overwriteQuestion, usePathEntry } from '../../hooks/use-path-entry.ts';
import type { Theme } from '../../theme/theme.ts';

type Kind = 'import' | 'export';

const TITLES = { import: 'Import from', export: 'Export to' } as const;
const PROGRESS = { import: 'Importing', export: 'Exporting' } as const;
const HELP = {
  import: 'A stroke file with labels, such as an exported one. Drawings that you already have are skipped.',
  export: 'Writes a stroke file, compressed if its name ends with .gz.',
} as const;

/**
 * Imports samples from a file, or exports them to one: asks for its path, and reports the result.
 *
 * @param onImported called when there are new samples
 */
export function useSampleTransfer(onImported: () => void) {
  const { services } = useAppContext();
  const [note, setNote] = useState('');
  const { entry, error, contexts, open, line } = usePathEntry<Kind>({
    keys: (kind) => (kind === 'import' ? 'importPath' : 'exportPath'),
    async run(kind, path, force, signal) {
      const done = await services.transferSamples(
        kind === 'import' ? { import: path } : { export: path, force },
        signal,
      );
      setNote(resultText(done));
      if (done.imported) onImported();
    },
    question: (_kind, path) => overwriteQuestion(path),
  });
  const start = (kind: Kind) => () => {
    setNote('');
    open(kind);
  };
  return {
    isActive: entry !== null,
    error,
    contexts,
    handlers: { import: start('import'), export: start('export') },
    note,
    /** The field for the path. */
    lines(width: number, theme: Theme): string[] {
      if (!entry) return [];
      if (entry.phase === 'running') return [PROGRESS[entry.request] + theme.glyphs.ongoing];
      const title = TITLES[entry.request];
      const field = line(width - title.length - 2, 'type or paste the path of a file', theme);
      return [`${theme.paint('selected', title)}  ${field}`, ...wrap(theme.paint('dim', HELP[entry.request]), width)];
    },
  };
}

function resultText({ imported, exported, samples }: SamplesEvent): string {
  if (exported)
    return `Exported ${counted(samples, 'sample')} to ${printable(exported.path)} (${bytes(exported.bytes)}).`;
  if (!imported) return '';
  const { duplicates, unlabeled } = imported;
  const skipped = [
    ...(duplicates > 0 ? [`${counted(duplicates, 'drawing')} already there`] : []),
    ...(unlabeled > 0 ? [`${counted(unlabeled, 'drawing')} without a label`] : []),
  ];
  return `Imported ${counted(imported.samples, 'sample')}${skipped.length > 0 ? ` (skipped: ${skipped.join(', ')})` : ''}.`;
}
