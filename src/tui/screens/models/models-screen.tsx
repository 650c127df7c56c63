import { type ReactNode, useState } from 'react';
import { printable } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Frame } from '../../components/frame.tsx';
import { Loading } from '../../components/loading.tsx';
import { useChartKeys } from '../../hooks/use-chart-keys.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import type { Route } from '../../routes.ts';
import { ModelDetails } from './model-details.tsx';
import { ModelEditView } from './model-edit-view.tsx';
import { ModelExportView } from './model-export-view.tsx';
import { ModelOverlay } from './model-overlay.tsx';
import { MAX_SELECTED } from './model-selection.ts';
import { detailsContext, listContext } from './models-keys.ts';
import { ModelsView } from './models-view.tsx';
import { useModelChanges } from './use-model-changes.ts';
import { useModelEdit } from './use-model-edit.ts';
import { useModelExport } from './use-model-export.ts';
import { useModelsList } from './use-models-list.ts';

/** The models: a list with a preview, the details of one, and the curves of several; and what can be done with them. */
export function ModelsScreen({ route }: { route: Extract<Route, { screen: 'models' }> }): ReactNode {
  const app = useAppContext();
  const [view, setView] = useState<'list' | 'details' | 'overlay'>('list');
  /** The name of the model in the details, and those that it is being renamed to. */
  const [detailed, setDetailed] = useState<readonly string[]>([]);
  const models = useModelsList(route.model);
  const { list, selected } = models.shown;
  const { entry } = list;

  const changes = useModelChanges();
  const { failure } = changes;
  const editing = useModelEdit(failure === null, ({ kind, model }, text, close) => {
    if (kind === 'note') return changes.note(model, text, close);
    changes.rename(model, text, () => {
      close();
      models.follow(model, text);
      setDetailed((names) => [...names, text]);
      models.succeed(`Renamed ${printable(model)} to ${printable(text)}.`);
    });
  });
  const exporting = useModelExport(models);

  const back = () => setView('list');
  const actions = {
    draw: () => app.navigate({ screen: 'draw', model: entry!.name }),
    evaluate: () => app.navigate({ screen: 'evaluate', model: entry!.name }),
    resume() {
      const { model } = app.training.status.state;
      if (!app.training.isActive || model === entry!.name) {
        return app.navigate({ screen: 'train', resume: entry!.name });
      }
      back();
      models.refuse(
        `${printable(entry!.name)} can be resumed once ${printable(model)} is done or stopped. Press t to see that run.`,
      );
    },
    refuse: () => {},
    makeDefault: () => changes.makeDefault(entry!.name),
    rename: () => editing.open('rename', entry!.name),
    note: () => editing.open('note', entry!.name, entry!.model?.note),
    export: () => exporting.open(entry!.name),
    delete: () => changes.remove(entry!, back),
  };
  const overlay = () => {
    if (selected.length > 0) setView('overlay');
    else models.refuse(`Select up to ${MAX_SELECTED} models with Space first.`);
  };

  const details = () => {
    if (!entry) return;
    setDetailed([entry.name]);
    setView('details');
  };
  const open = selected.length > 0 ? overlay : details;

  const isBusy = failure !== null || editing.edit !== null || exporting.form !== null;
  // What was shown may have been deleted since.
  const isGone = view === 'details' ? !detailed.includes(entry?.name ?? '') : selected.length === 0;
  const shown = isGone ? 'list' : view;
  const isTyping = shown === 'list' && list.filter.isTyping;
  useKeys(
    !isBusy && shown === 'list' && !isTyping ? listContext(entry) : null,
    quietly(models.clearMessage, {
      ...{ ...list.moves, ...actions, overlay, select: models.toggle, sort: models.sort },
      ...{ open, details },
      filter: list.startFilter,
      back: () => {
        if (!list.clearFilter()) app.back();
      },
    }),
    { menu: true },
  );
  useKeys(!isBusy && isTyping ? 'filtering' : null, list.filterHandlers, { onText: list.onFilterText });
  useKeys(failure ? 'failed' : null, { restart: () => failure?.retry(), back: changes.dismissFailure }, { menu: true });
  useChartKeys(!isBusy && !isTyping && shown !== 'overlay' ? 'recordCharts' : null);

  if (failure || exporting.error !== null) {
    return (
      <Frame title="Models" keyContexts={['failed', 'global']}>
        <ErrorMessage error={failure ? failure.error : exporting.error} />
      </Frame>
    );
  }
  if (editing.edit) {
    const name = printable(editing.edit.model);
    return (
      <Frame
        title={editing.edit.kind === 'rename' ? `Rename ${name}` : `Note about ${name}`}
        keyContexts={[editing.context]}
      >
        <ModelEditView edit={editing.edit} problem={editing.problem} />
      </Frame>
    );
  }
  if (exporting.form) {
    return (
      <Frame title={`Export ${printable(exporting.form.model)}`} keyContexts={[exporting.context]}>
        {exporting.isRunning ? <Loading text="Exporting" /> : <ModelExportView form={exporting.form} />}
      </Frame>
    );
  }
  if (shown === 'overlay') return <ModelOverlay models={selected} onBack={back} />;
  if (shown === 'details' && entry) {
    const charts = entry.model?.training?.history?.length ? (['recordCharts'] as const) : [];
    return (
      <Frame title={printable(entry.name)} keyContexts={[detailsContext(entry), ...charts, 'global']}>
        <ModelDetails
          entry={entry}
          message={models.shown.message}
          isActive={!isBusy}
          handlers={quietly(models.clearMessage, { ...actions, back })}
        />
      </Frame>
    );
  }
  const overlayHint: KeyContext[] = selected.length > 0 && entry ? ['selectedModels'] : [];
  const hints: KeyContext[] = isTyping ? ['filtering'] : [...overlayHint, listContext(entry), 'global'];
  return (
    <Frame title="Models" keyContexts={hints}>
      <ModelsView {...models.shown} onOpen={open} />
    </Frame>
  );
}

/** Handlers that first take back what was said about the key before. */
function quietly<H extends Record<string, () => void>>(hush: () => void, handlers: H): H {
  return Object.fromEntries(
    Object.entries(handlers).map(([action, handle]) => [
      action,
      () => {
        hush();
        handle();
      },
    ]),
  ) as H;
}
