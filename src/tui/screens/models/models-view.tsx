import { Text } from 'ink';
import type { ReactNode } from 'react';
import type { Status } from '../../../app/services.ts';
import { alignLeft, printable, wrap } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { overlayMark } from '../../charts/overlay-chart.ts';
import { bodySize, type Size } from '../../components/body-size.ts';
import { joinColumns, Lines, padLines } from '../../components/lines.tsx';
import { Loading } from '../../components/loading.tsx';
import { longListEntry, longListLines } from '../../components/long-list.ts';
import { nextStep } from '../../components/next-step.ts';
import { row } from '../../components/option-rows.ts';
import { StatusError } from '../../components/status-error.tsx';
import { useListMouse } from '../../hooks/use-list-mouse.ts';
import type { Theme } from '../../theme/theme.ts';
import { previewLines } from './model-preview.ts';
import { DIVIDER, type ModelsLayout, modelsLayout } from './models-layout.ts';
import { modelsTable } from './models-table.ts';
import type { ModelsList } from './use-models-list.ts';

/** The list of models with a preview of the focused one: beside it if there is room, else below. */
export function ModelsView(props: ModelsList & { onOpen: () => void }): ReactNode {
  const app = useAppContext();
  const { theme, status, statusError, charts } = app;
  const { entries, list, message } = props;
  const { width } = bodySize(app);
  const layout = modelsLayout(app, entries.length);
  const footer = footerLines(message, status, width, theme);
  // Beside the preview, the list loses the rows of the footer.
  const listHeight = layout.list.height - (layout.isSideBySide ? footer.length : 0);
  const { shown, focus, filter, mouse } = list;
  useListMouse({
    ...{ ...mouse, top: 1, columns: { from: 0, to: layout.list.width }, onOpen: props.onOpen },
    entryAt: (line) => longListEntry({ length: shown.length, focus, filter }, listHeight, line),
  });
  if (statusError) return <StatusError error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  if (entries.length === 0) return <Text>{`No models yet. ${nextStep('press t to train one.', theme)}`}</Text>;
  const height = layout.preview.height - footer.length;
  const preview = list.entry ? previewLines(list.entry, { ...layout.preview, height }, charts, theme) : [];
  const lines = listLines(props, { width: layout.list.width, height: listHeight }, theme);
  return <Lines lines={[...arranged(lines, preview, layout, theme), ...footer]} />;
}

/** Rows for notices, at most. */
const MAX_FOOTER = 3;
/** The columns of a selected model's mark. */
const MARK = 2;

/** What has just been done, and what is wrong with the default model. */
function footerLines(message: string, status: Status | null, width: number, theme: Theme): string[] {
  const problem = status?.defaultProblem;
  const advice = problem ? `${printable(problem)}. Press u on a model to use it by default.` : '';
  const notices = [message, advice && theme.paint('warning', advice)].filter(Boolean);
  return notices.flatMap((notice) => wrap(notice, width)).slice(0, MAX_FOOTER);
}

/** The heading and the rows of the list. */
function listLines({ entries, list, order, selection }: ModelsList, { width, height }: Size, theme: Theme): string[] {
  const { shown, focus, filter } = list;
  const table = modelsTable(entries, order, width - MARK - 2, theme);
  const rows = longListLines(
    { length: shown.length, focus, filter },
    { width, height },
    (index) => {
      const entry = shown[index]!;
      return markOf(selection.indexOf(entry.name), theme) + row(index === focus, table.row(entry), theme);
    },
    theme,
  );
  return [theme.paint('dim', ' '.repeat(MARK + 2) + table.heading), ...rows];
}

/** The mark of a selected model, by its place in the selection. */
function markOf(place: number, theme: Theme): string {
  if (place < 0) return ' '.repeat(MARK);
  const { glyph, style } = overlayMark(place, theme);
  return theme.paint(style, alignLeft(glyph, MARK));
}

/** The list and the preview in all rows of the body, except those of the footer. */
function arranged(list: readonly string[], preview: readonly string[], layout: ModelsLayout, theme: Theme): string[] {
  const { axisVertical, rule } = theme.glyphs;
  if (!layout.isSideBySide) {
    const { width, height } = layout.list;
    return [...padLines(list, height + 1), theme.paint('dim', rule.repeat(width)), ...preview];
  }
  const divider = theme.paint('dim', axisVertical);
  const right = padLines(preview, list.length).map((line) => `${divider} ${line}`);
  return joinColumns(list, right, DIVIDER - 2, layout.list.width);
}
