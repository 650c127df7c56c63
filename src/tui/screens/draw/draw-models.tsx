import type { ReactNode } from 'react';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Frame } from '../../components/frame.tsx';
import { Lines } from '../../components/lines.tsx';
import { Loading } from '../../components/loading.tsx';
import { longListEntry, longListLines, pageOf } from '../../components/long-list.ts';
import { radio, row } from '../../components/option-rows.ts';
import { StatusError } from '../../components/status-error.tsx';
import { useFilteredList } from '../../hooks/use-filtered-list.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useListMouse } from '../../hooks/use-list-mouse.ts';
import { modelHeading, modelRow, nameWidth } from '../models/model-row.ts';

/** The models to draw with, of which `current` is in use. */
export function DrawModels({
  current,
  onChoose,
  onBack,
}: {
  current: string | undefined;
  onChoose: (model: string) => void;
  onBack: () => void;
}): ReactNode {
  const app = useAppContext();
  const { theme, status, statusError } = app;
  const { width, height } = bodySize(app);
  const list = useFilteredList(status?.models ?? [], pageOf(height - 1), current);
  const { shown, focus, filter, entry } = list;
  const choose = () => {
    if (entry) onChoose(entry.name);
  };
  useKeys(
    filter.isTyping ? null : 'drawModels',
    {
      ...list.moves,
      choose,
      filter: list.startFilter,
      back: () => {
        if (!list.clearFilter()) onBack();
      },
    },
    { menu: true },
  );
  useKeys(filter.isTyping ? 'filtering' : null, list.filterHandlers, { onText: list.onFilterText });
  const rowsShown = { length: shown.length, focus, filter };
  useListMouse({
    ...{ ...list.mouse, top: 1, onOpen: choose },
    entryAt: (line) => longListEntry(rowsShown, height - 1, line),
  });
  const markWidth = radio(false, theme).length + 1;
  const names = nameWidth(status?.models ?? [], width - 2 - markWidth);
  const rows = longListLines(
    rowsShown,
    { width, height: height - 1 },
    (index) => {
      const model = shown[index]!;
      const text = `${radio(model.name === current, theme)} ${modelRow({ name: model.name, model }, names, width - 2 - markWidth, theme)}`;
      return row(index === focus, text, theme);
    },
    theme,
  );
  const heading = ' '.repeat(2 + markWidth) + modelHeading(names, width - 2 - markWidth);
  return (
    <Frame title="Choose a model to draw with" keyContexts={filter.isTyping ? ['filtering'] : ['drawModels', 'global']}>
      {statusError ? <StatusError error={statusError} /> : null}
      {!statusError && !status ? <Loading text="Checking" /> : null}
      {status ? <Lines lines={[theme.paint('dim', heading), ...rows]} /> : null}
    </Frame>
  );
}
