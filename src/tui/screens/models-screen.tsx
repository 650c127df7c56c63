import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { counted } from '../../app/format.ts';
import type { ModelStatus } from '../../app/services.ts';
import { clip, printable } from '../../app/text-layout.ts';
import { type AppContextValue, useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { Frame } from '../components/frame.tsx';
import { Lines } from '../components/lines.tsx';
import { Loading } from '../components/loading.tsx';
import { longListLines, pageOf } from '../components/long-list.ts';
import { nextStep } from '../components/next-step.ts';
import { row } from '../components/option-rows.ts';
import { type FilteredList, useFilteredList } from '../hooks/use-filtered-list.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { modelHeading, modelRow, NO_RECORD } from './model-row.ts';

/** The list of models, to draw with one or evaluate it. */
export function ModelsScreen(): ReactNode {
  const app = useAppContext();
  const list = useFilteredList(app.status?.models ?? [], pageOf(listHeight(app)));
  const { isTyping } = list.filter;
  const open = (screen: 'draw' | 'evaluate') => () => {
    if (list.entry) app.navigate({ screen, model: list.entry.name });
  };
  useKeys(
    isTyping ? null : 'models',
    {
      ...list.moves,
      draw: open('draw'),
      evaluate: open('evaluate'),
      filter: list.startFilter,
      back: () => {
        if (!list.clearFilter()) app.back();
      },
    },
    { menu: true },
  );
  useKeys(isTyping ? 'filtering' : null, list.filterHandlers, { onText: list.onFilterText });
  return (
    <Frame title="Models" keyContexts={isTyping ? ['filtering'] : ['models', 'global']}>
      <ModelList app={app} list={list} />
    </Frame>
  );
}

/** The rows for the list, without the heading and the details below it. */
function listHeight(app: AppContextValue): number {
  return bodySize(app).height - 4;
}

function ModelList({ app, list }: { app: AppContextValue; list: FilteredList<ModelStatus> }): ReactNode {
  const { theme, status, statusError } = app;
  const { width } = bodySize(app);
  const { shown, focus, filter, entry } = list;
  if (statusError) return <ErrorMessage error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  if (status.models.length === 0) return <Text>{`No models yet. ${nextStep('press t to train one.', theme)}`}</Text>;
  const rows = longListLines(
    { length: shown.length, focus, filter },
    { width, height: listHeight(app) },
    (index) => row(index === focus, modelRow(shown[index]!, width - 2, theme), theme),
    theme,
  );
  return (
    <Box flexDirection="column">
      <Lines lines={[theme.paint('dim', `  ${modelHeading(width - 2)}`), ...rows]} />
      {entry ? (
        <Box marginTop={1} flexDirection="column">
          <Lines
            lines={[
              clip(`${theme.paint('strong', printable(entry.name))}: ${details(entry)}`, width, theme.glyphs.ellipsis),
              theme.paint('dim', 'Validation: accuracy on held-out images. Press e to evaluate on test images.'),
            ]}
          />
        </Box>
      ) : null}
    </Box>
  );
}

/** Its network, number of classes and epochs, where known. */
function details({ classes, training }: ModelStatus): string {
  if (!training) return `${classes} classes, ${NO_RECORD}`;
  return `${training.architecture}, ${classes} classes, ${counted(training.epochs, 'epoch')}`;
}
