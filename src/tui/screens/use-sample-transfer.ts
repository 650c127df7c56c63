import { useEffect, useRef, useState } from 'react';
import type { SamplesEvent } from '../../app/events.ts';
import { bytes, counted } from '../../app/format.ts';
import { printable, wrap } from '../../app/text-layout.ts';
import { isEmnistError } from '../../core/errors.ts';
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

type Kind = 'import' | 'export';

interface Transfer {
  readonly kind: Kind;
  readonly field: TextField;
  readonly isRunning: boolean;
  readonly error: unknown;
}

const TITLES = { import: 'Import from', export: 'Export to' } as const;
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
  const app = useAppContext();
  const [transfer, setTransfer] = useState<Transfer | null>(null);
  const [note, setNote] = useState('');
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);

  const run = async (kind: Kind, field: TextField, overwrite = false): Promise<void> => {
    const file = fieldText(field).trim();
    if (file === '') return;
    const aborting = new AbortController();
    controller.current = aborting;
    setTransfer({ kind, field, isRunning: true, error: null });
    try {
      const options = kind === 'import' ? { import: file } : { export: file, force: overwrite };
      const done = await app.services.transferSamples(options, aborting.signal);
      setTransfer(null);
      setNote(resultText(done));
      if (done.imported) onImported();
    } catch (error) {
      if (isAbortError(aborting.signal, error)) return;
      if (isEmnistError(error, 'file-exists') && !overwrite) {
        setTransfer({ kind, field, isRunning: false, error: null });
        app.confirm({
          title: 'Overwrite the file?',
          lines: [`${printable(file)} already exists.`],
          yes: 'overwrite it',
          no: 'keep it',
          onConfirm: () => void run(kind, field, true),
        });
      } else setTransfer({ kind, field, isRunning: false, error });
    }
  };
  const close = () => {
    controller.current?.abort();
    setTransfer(null);
  };
  const start = (kind: Kind) => () => {
    setNote('');
    setTransfer({ kind, field: textField(), isRunning: false, error: null });
  };

  const isTyping = transfer !== null && !transfer.isRunning && transfer.error === null;
  useKeys(
    isTyping ? 'pathText' : null,
    { start: () => transfer && void run(transfer.kind, transfer.field), back: close },
    {
      onText: ({ text, name }) => {
        if (!transfer) return;
        const { field } = transfer;
        const added = name === 'paste' ? pastedPath(text) : text;
        setTransfer({ ...transfer, field: added ? insertText(field, added) : editText(field, name) });
      },
    },
  );
  useKeys(transfer?.isRunning ? 'view' : null, { back: close });
  useKeys(
    transfer !== null && transfer.error !== null ? 'failed' : null,
    { restart: () => transfer && setTransfer({ ...transfer, error: null }), back: close },
    { menu: true },
  );
  return {
    isActive: transfer !== null,
    error: transfer?.error ?? null,
    context: isTyping ? ('pathText' as const) : transfer?.isRunning ? ('view' as const) : ('failed' as const),
    handlers: { import: start('import'), export: start('export') },
    note,
    /** The field for the path. */
    lines(width: number, theme: Theme): string[] {
      if (!transfer) return [];
      const title = TITLES[transfer.kind];
      const field = fieldLine(
        transfer.field,
        width - title.length - 2,
        isTyping,
        'type or paste the path of a file',
        theme,
      );
      return [`${theme.paint('selected', title)}  ${field}`, ...wrap(theme.paint('dim', HELP[transfer.kind]), width)];
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
