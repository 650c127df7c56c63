import { Box, Text } from 'ink';
import { type ReactNode, useState } from 'react';
import { counted } from '../../app/format.ts';
import { printable } from '../../app/text-layout.ts';
import { describeHolder } from '../../core/files/lock.ts';
import { type AppContextValue, useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { Frame } from '../components/frame.tsx';
import { Lines } from '../components/lines.tsx';
import { Loading } from '../components/loading.tsx';
import { longListLines, pageOf } from '../components/long-list.ts';
import { nextStep } from '../components/next-step.ts';
import { noteLines } from '../components/notes.ts';
import { row } from '../components/option-rows.ts';
import { StatusError } from '../components/status-error.tsx';
import { type FilteredList, useFilteredList } from '../hooks/use-filtered-list.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { entryText, findOwn, type ModelEntry, modelEntries, NO_RECORD } from './model-entry.ts';
import { modelHeading, modelRow, nameWidth } from './model-row.ts';

/** The list of models, to draw with one, evaluate it, use it by default, resume its training, or delete it. */
export function ModelsScreen(): ReactNode {
  const app = useAppContext();
  const { services, status } = app;
  const list = useFilteredList(status ? modelEntries(status) : [], pageOf(listHeight(app)));
  const [failure, setFailure] = useState<{ error: unknown; retry: () => void } | null>(null);
  const { isTyping } = list.filter;
  const { entry } = list;

  const open = (screen: 'draw' | 'evaluate') => () => app.navigate({ screen, model: entry!.name });
  const remove = (name: string) => {
    setFailure(null);
    services
      .deleteModel(name)
      .catch((error: unknown) => setFailure({ error, retry: () => remove(name) }))
      .finally(app.refreshStatus);
  };
  const makeDefault = (name: string) => {
    setFailure(null);
    services
      .chooseDefaultModel(name)
      .catch((error: unknown) => setFailure({ error, retry: () => makeDefault(name) }))
      .finally(app.refreshStatus);
  };
  const confirmDeletion = () => {
    const { name } = entry!;
    const isLink = status!.links.includes(name);
    app.confirm({
      title: `Delete ${printable(name)}?`,
      lines: isLink
        ? [`This deletes only the link ${printable(name)}. What it leads to stays.`]
        : [`This deletes ${entryText(entry!)}.`, 'It cannot be recovered.'],
      yes: 'delete it',
      no: 'keep it',
      onConfirm: () => remove(name),
      isAboutFiles: true,
      isCurrent: (current) => current === null || findOwn(name, current) !== undefined,
    });
  };
  const context = contextOf(entry);
  const isShown = failure === null && !isTyping;
  useKeys(
    isShown ? context : null,
    {
      ...list.moves,
      draw: open('draw'),
      evaluate: open('evaluate'),
      resume: () => app.navigate({ screen: 'train', resume: entry!.name }),
      refuse: () => {},
      makeDefault: () => makeDefault(entry!.name),
      delete: confirmDeletion,
      filter: list.startFilter,
      back: () => {
        if (!list.clearFilter()) app.back();
      },
    },
    { menu: true },
  );
  useKeys(isTyping ? 'filtering' : null, list.filterHandlers, { onText: list.onFilterText });
  useKeys(failure ? 'failed' : null, { restart: () => failure?.retry(), back: () => setFailure(null) }, { menu: true });
  return (
    <Frame title="Models" keyContexts={isTyping ? ['filtering'] : [failure ? 'failed' : context, 'global']}>
      {failure ? <ErrorMessage error={failure.error} /> : <ModelList app={app} list={list} />}
    </Frame>
  );
}

/** The keys for what can be done with a model. */
function contextOf(entry: ModelEntry | undefined) {
  if (!entry) return 'noModels';
  const { model, run } = entry;
  if (model) return run ? 'resumableModels' : model.shipped ? 'models' : 'ownModels';
  return run ? 'unfinishedRuns' : 'unusableModels';
}

/** For the details below the list, and an empty line. */
const DETAIL_ROWS = 4;

/** The rows for the list, without the heading and the details below it. */
function listHeight(app: AppContextValue): number {
  return bodySize(app).height - 1 - DETAIL_ROWS;
}

function ModelList({ app, list }: { app: AppContextValue; list: FilteredList<ModelEntry> }): ReactNode {
  const { theme, status, statusError } = app;
  const { width } = bodySize(app);
  const { shown, focus, filter, entry } = list;
  if (statusError) return <StatusError error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  const all = modelEntries(status);
  if (all.length === 0) return <Text>{`No models yet. ${nextStep('press t to train one.', theme)}`}</Text>;
  const names = nameWidth(all, width - 2);
  const rows = longListLines(
    { length: shown.length, focus, filter },
    { width, height: listHeight(app) },
    (index) => row(index === focus, modelRow(shown[index]!, names, width - 2, theme), theme),
    theme,
  );
  const details = entry ? detailNotes(entry).map((note, index) => (index === 0 ? note : theme.paint('dim', note))) : [];
  const { defaultProblem } = status;
  const advice = defaultProblem && `${printable(defaultProblem)}. Press u on a model to use it by default.`;
  const notes = [...(advice ? [theme.paint('warning', advice)] : []), ...details];
  return (
    <Box flexDirection="column">
      <Lines lines={[theme.paint('dim', `  ${modelHeading(names, width - 2)}`), ...rows]} />
      <Box marginTop={1}>
        <Lines lines={noteLines(notes, width, DETAIL_ROWS - 1)} />
      </Box>
    </Box>
  );
}

/** What is known about a model, the most important first. */
function detailNotes({ name, model, run, problem }: ModelEntry): string[] {
  const who = printable(name);
  const resume = run?.holder
    ? `It is being trained by ${describeHolder(run.holder)}.`
    : run
      ? `Its training was interrupted after ${run.epochsDone} of ${run.epochs} epochs. Press r to resume it.`
      : '';
  if (problem !== undefined) return [`${who} cannot be used: ${printable(problem)}`, resume];
  if (!model) return [`${who}: no model yet. ${resume}`];
  const { classes, training } = model;
  const origin = training?.parent === undefined ? '' : `, from ${printable(training.parent)}`;
  const details = training
    ? `${training.architecture}, ${classes} classes, ${counted(training.epochs, 'epoch')}${origin}`
    : `${classes} classes, ${NO_RECORD}`;
  return [
    `${who}: ${details}`,
    resume,
    training ? 'Validation: accuracy on held-out images. Press e to evaluate on test images.' : '',
  ];
}
