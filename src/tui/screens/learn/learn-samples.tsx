import { Box } from 'ink';
import { type ReactNode, useContext, useEffect, useReducer, useState } from 'react';
import { counted } from '../../../app/format.ts';
import { printable } from '../../../app/text-layout.ts';
import { MIN_SAMPLES } from '../../../core/training/hold-out.ts';
import { CurrentContext, useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Frame } from '../../components/frame.tsx';
import { Lines } from '../../components/lines.tsx';
import { Loading } from '../../components/loading.tsx';
import { longListEntry, longListLines, pageOf } from '../../components/long-list.ts';
import { noteLines } from '../../components/notes.ts';
import { useFilteredList } from '../../hooks/use-filtered-list.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useListMouse } from '../../hooks/use-list-mouse.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import { isAbortError } from '../../run-task.ts';
import { groupLine, legendLine, samplesNotes, summaryLine } from './sample-lines.ts';
import { NO_SAMPLES, reduceSampleList, type SampleGroup, type SampleList, sampleGroups } from './sample-list.ts';
import { useSampleTransfer } from './use-sample-transfer.ts';

/** The notes below the list, and a blank line. */
const NOTE_ROWS = 4;

/** The user's samples by label, how the model reads them, and what can be done with them. */
export function LearnSamples({
  learn,
  choose,
}: {
  learn: () => void;
  /** Opens the form with the options. */
  choose: () => void;
}): ReactNode {
  const app = useAppContext();
  const { services, theme } = app;
  const { width, height } = bodySize(app);
  const isCurrent = useContext(CurrentContext);
  const [samples, dispatch] = useReducer(reduceSampleList, NO_SAMPLES);
  const [failure, setFailure] = useState<{ label: string; error: unknown } | null>(null);
  /** Incremented to load the samples again. */
  const [loads, setLoads] = useState(0);
  const reload = () => setLoads((count) => count + 1);

  // Loaded again after visiting another screen, where drawings may have been labeled.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `loads` triggers it
  useEffect(() => {
    if (!isCurrent) return;
    const controller = new AbortController();
    const load = async (): Promise<void> => {
      try {
        for await (const event of services.assessSamples(controller.signal)) {
          if (controller.signal.aborted) return;
          dispatch(event);
        }
      } catch (error) {
        if (!isAbortError(controller.signal, error)) dispatch({ event: 'failed', error });
      }
    };
    void load();
    return () => controller.abort();
  }, [services, isCurrent, loads]);

  const groups = sampleGroups(samples);
  const listHeight = height - 3 - NOTE_ROWS;
  const list = useFilteredList(groups, pageOf(listHeight));
  const { shown, focus, filter, entry } = list;

  const remove = (label: string) => {
    setFailure(null);
    services.deleteSamples(label).then(reload, (error: unknown) => setFailure({ label, error }));
  };
  const confirmDeletion = ({ name, readings }: SampleGroup) =>
    app.confirm({
      title: `Delete the samples of ${printable(name)}?`,
      lines: [`This deletes ${counted(readings.length, 'sample')}.`, 'They cannot be recovered.'],
      yes: 'delete them',
      no: 'keep them',
      onConfirm: () => remove(name),
    });

  const transfer = useSampleTransfer(reload);
  const practice = () => app.navigate({ screen: 'draw', practice: true });
  const failed = failure ? failure.error : samples.error;
  const hasFailed = failed !== null;
  const isListed = !hasFailed && !transfer.isActive && !filter.isTyping;
  const back = () => {
    if (!list.clearFilter()) app.back();
  };
  const listed = contextOf(samples, entry);
  const handlers = {
    ...{ ...list.moves, ...transfer.handlers, practice, filter: list.startFilter, back },
    delete: () => entry && confirmDeletion(entry),
  };
  useKeys(isListed && listed === 'samples' ? listed : null, { ...handlers, learn, choose }, { menu: true });
  useKeys(isListed && listed === 'fewSamples' ? listed : null, handlers, { menu: true });
  useKeys(isListed && listed === 'noSamples' ? listed : null, handlers, { menu: true });
  useKeys(filter.isTyping && !hasFailed ? 'filtering' : null, list.filterHandlers, { onText: list.onFilterText });
  useKeys(
    hasFailed && !transfer.isActive ? 'failed' : null,
    {
      restart: () => (failure ? remove(failure.label) : reload()),
      back: () => (failure ? setFailure(null) : app.back()),
    },
    { menu: true },
  );

  const rowsShown = { length: shown.length, focus, filter };
  useListMouse(
    !hasFailed && !transfer.isActive && groups.length > 0
      ? {
          // Below the summary and the legend.
          ...{ ...list.mouse, top: 2, onOpen: () => {}, context: 'focusMouse' },
          entryAt: (line) => longListEntry(rowsShown, listHeight, line),
        }
      : null,
  );

  const contexts: readonly KeyContext[] = transfer.isActive
    ? transfer.contexts
    : hasFailed
      ? ['failed', 'global']
      : filter.isTyping
        ? ['filtering']
        : [listed, 'global'];
  const done = transfer.note && `${theme.paint('good', theme.glyphs.tick)} ${transfer.note}`;
  const notes = transfer.isActive
    ? transfer.lines(width, theme)
    : noteLines([done, ...samplesNotes(samples, theme)], width, groups.length > 0 ? NOTE_ROWS - 1 : height);
  const error = transfer.error ?? failed;
  const rows = longListLines(
    rowsShown,
    { width, height: listHeight },
    (index) => groupLine(shown[index]!, { isFocused: index === focus, groups, width }, theme),
    theme,
  );
  return (
    <Frame title="Learn your handwriting" keyContexts={contexts}>
      {error !== null ? <ErrorMessage error={error} /> : null}
      {error === null && samples.labels === null ? <Loading text="Loading samples" /> : null}
      {error === null && samples.labels !== null ? (
        <Box flexDirection="column">
          {samples.labels.length > 0 ? (
            <Box flexDirection="column" marginBottom={1}>
              <Lines lines={[summaryLine(samples, width, theme), legendLine(width, theme), ...rows]} />
            </Box>
          ) : null}
          <Lines lines={notes} />
        </Box>
      ) : null}
    </Frame>
  );
}

/** The keys that apply to the samples. */
function contextOf({ labels }: SampleList, entry: SampleGroup | undefined) {
  if (!entry) return 'noSamples';
  return (labels?.length ?? 0) < MIN_SAMPLES ? 'fewSamples' : 'samples';
}
