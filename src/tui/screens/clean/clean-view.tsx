import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { StorageName } from '../../../app/clean.ts';
import { bytes, counted } from '../../../app/format.ts';
import type { Status } from '../../../app/services.ts';
import { alignLeft, alignRight, clip, columnsOf, printable, wrap } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Lines } from '../../components/lines.tsx';
import { Loading } from '../../components/loading.tsx';
import { row } from '../../components/option-rows.ts';
import { StatusError } from '../../components/status-error.tsx';
import type { CleanState } from './clean-state.ts';

/** `short`: the note where there is little room. */
export const STORAGE: Record<StorageName, { name: string; note: string; short: string }> = {
  datasets: { name: 'Data sets', note: 'can be fetched again', short: 'can be fetched again' },
  models: { name: 'Models', note: 'including checkpoints; cannot be recovered', short: 'cannot be recovered' },
  samples: { name: 'Samples', note: 'labeled drawings; cannot be recovered', short: 'cannot be recovered' },
};

/** What deleting it would mean. */
export function storageNote({ name, samples = 0 }: Status['storage'][number]): string {
  const { note } = STORAGE[name];
  return samples > 0 ? `${counted(samples, 'labeled drawing')}; cannot be recovered` : note;
}

/** What can be deleted, and how much space it takes. */
export function CleanForm({ state }: { state: CleanState }): ReactNode {
  const app = useAppContext();
  const { theme, status, statusError } = app;
  const { width } = bodySize(app);
  const { glyphs } = theme;
  if (statusError) return <StatusError error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  const rows = status.storage.flatMap((entry, index) => {
    const { name, path, bytes: size } = entry;
    const mark = state.selected.has(name) ? glyphs.checkboxOn : glyphs.checkboxOff;
    const amount = alignRight(size > 0 ? bytes(size) : 'empty', 9);
    const columns = `${mark} ${alignLeft(STORAGE[name].name, 10)}${amount}  `;
    const note = storageNote(entry);
    const text = columns + (columnsOf(columns + note) <= width - 2 ? note : STORAGE[name].short);
    return [
      row(state.focus === index, clip(text, width - 2, glyphs.ellipsis), theme),
      theme.paint('dim', `      ${clip(printable(path), width - 6, glyphs.ellipsis)}`),
    ];
  });
  const help =
    state.selected.size > 0
      ? 'Press Enter to delete the selected items. You will be asked to confirm.'
      : (status.storage[state.focus]?.bytes ?? 0) > 0
        ? 'Press Space to select what to delete.'
        : 'There is nothing to delete here.';
  return (
    <Box flexDirection="column">
      <Lines lines={rows} />
      <Box marginTop={1}>
        <Lines lines={wrap(theme.paint('dim', help), width)} />
      </Box>
    </Box>
  );
}

/** What was deleted, or why it could not be. */
export function CleanResult({ state }: { state: CleanState }): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { glyphs } = theme;
  const { width, height } = bodySize(app);
  if (state.phase === 'failed') return <ErrorMessage error={state.error} />;
  if (!state.result) return <Loading text="Deleting" />;
  const { freed, removed } = state.result;
  const shown = removed.slice(0, height - 3).map((path) => `  ${clip(printable(path), width - 2, glyphs.ellipsis)}`);
  const more = removed.length > shown.length ? [`  and ${removed.length - shown.length} more`] : [];
  const heading = `${theme.paint('good', glyphs.tick)} ${theme.paint('strong', `Freed ${bytes(freed)}.`)} Deleted:`;
  return <Lines lines={[heading, ...shown, ...more]} />;
}
