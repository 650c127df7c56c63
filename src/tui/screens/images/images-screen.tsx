import { Text } from 'ink';
import { type ReactNode, useReducer } from 'react';
import type { Status } from '../../../app/services.ts';
import { MAX_STRENGTH } from '../../../core/dataset/augmentation.ts';
import { classLabels } from '../../../core/dataset/dataset-store.ts';
import { recipeFor } from '../../../core/model/recipe.ts';
import { TRAINING_DEFAULTS } from '../../../core/training/training-run.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { Frame } from '../../components/frame.tsx';
import { Loading } from '../../components/loading.tsx';
import { longListEntry } from '../../components/long-list.ts';
import { nextStep } from '../../components/next-step.ts';
import { StatusError } from '../../components/status-error.tsx';
import { useDatasetImages } from '../../hooks/use-dataset-images.ts';
import { useFilteredList } from '../../hooks/use-filtered-list.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useListMouse } from '../../hooks/use-list-mouse.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import type { Route } from '../../routes.ts';
import { type ClassEntry, imagesOf } from './images-classes.ts';
import { imagesLayout } from './images-layout.ts';
import { BATCH, batchOf, firstShown, initialImages, reduceImages } from './images-state.ts';
import { ImagesView } from './images-view.tsx';

/** Classes that PgUp and PgDn move through while the filter has the focus; otherwise, they leaf through images. */
const PAGE = 10;

/** The viewer of data sets: their classes, images of each, and what augmentation makes of them. */
export function ImagesScreen({ route }: { route: Extract<Route, { screen: 'images' }> }): ReactNode {
  const app = useAppContext();
  const { services, status, statusError, theme } = app;
  const [state, dispatch] = useReducer(reduceImages, undefined, () =>
    initialImages(route.split, recipeFor(TRAINING_DEFAULTS.architecture).augment),
  );
  const { part, isAugmented } = state;
  const datasets = status ? fetchedDatasets(status) : [];
  const index = Math.max(
    0,
    datasets.findIndex(({ name }) => name === state.name),
  );
  const dataset = datasets[index];
  const labels = dataset?.labels ?? [];
  // The focused class decides which batch is read, and what has been read decides what is said of the classes.
  const list = useFilteredList<{ name: string }>(
    labels.map((name) => ({ name })),
    PAGE,
  );
  const label = list.entry?.name ?? '';
  const first = firstShown(state, label);
  const loaded = useDatasetImages(services, dataset?.name ?? null, { part, offset: batchOf(first), perClass: BATCH });
  const sized = new Map(loaded.latest?.classes.map((one) => [one.label, one]));
  const entryOf = ({ name }: { name: string }): ClassEntry => ({ name, sizes: sized.get(name) });
  const entry = list.entry && entryOf(list.entry);
  const layout = imagesLayout(
    state,
    labels.map((name) => entryOf({ name })),
    bodySize(app),
    theme,
  );
  const { rows, columns, isLarge } = layout.grid;
  const shown = isAugmented ? rows : rows * columns;
  const count = entry?.sizes ? imagesOf(entry.sizes, part) : 0;

  const turn = (by: 1 | -1) => () => dispatch({ type: 'turn', label, by, shown, count });
  const open = (by: 1 | -1) => () => {
    const next = datasets.at((index + by) % datasets.length);
    if (next) dispatch({ type: 'open', name: next.name });
  };
  const strength = (by: 1 | -1) => () => {
    if (isAugmented) dispatch({ type: 'strength', by, max: MAX_STRENGTH });
  };
  const { isTyping } = list.filter;
  const hasFailed = loaded.error !== null;
  const isShown = dataset !== undefined && !hasFailed;
  const context = isAugmented ? 'augmentedImages' : 'images';
  const rowsShown = { length: list.shown.length, focus: list.focus, filter: list.filter };
  const listWidth = layout.columns.width;
  useListMouse(
    isShown
      ? {
          // Below the line on the data set, and the heading of the list.
          ...{
            ...list.mouse,
            top: layout.isSpaced ? 3 : 2,
            columns: { from: 0, to: listWidth },
            context: 'imagesMouse',
          },
          entryAt: (line) => longListEntry(rowsShown, layout.listHeight - 1, line),
          onOpen: turn(1),
          // Over the pictures, it leafs through them.
          onWheel: (by, column) => (column < listWidth ? list.mouse.onWheel(by, column) : turn(by)()),
        }
      : null,
  );
  const { up, down, first: toFirst, last: toLast } = list.moves;
  useKeys(
    isShown && !isTyping ? context : null,
    {
      ...{ up, down, first: toFirst, last: toLast },
      ...{ more: turn(1), less: turn(-1), nextSet: open(1), previousSet: open(-1) },
      part: () => dispatch({ type: 'part' }),
      zoom: () => dispatch({ type: 'size', isLarge: !isLarge }),
      augment: () => dispatch({ type: 'augment' }),
      weaker: strength(-1),
      stronger: strength(1),
      redraw() {
        if (isAugmented) dispatch({ type: 'redraw' });
      },
      train: () => app.navigate({ screen: 'train', split: dataset!.name }),
      filter: list.startFilter,
      back() {
        if (!list.clearFilter()) app.back();
      },
    },
    { menu: true },
  );
  useKeys(isShown && isTyping ? 'filtering' : null, list.filterHandlers, { onText: list.onFilterText });
  useKeys(hasFailed ? 'failed' : null, { restart: loaded.retry, back: app.back }, { menu: true });
  useKeys(isShown || hasFailed ? null : 'view', { back: app.back }, { menu: true });

  const hints: readonly KeyContext[] = [
    ...(count > shown ? (['moreImages'] as const) : []),
    context,
    ...(datasets.length > 1 ? (['otherImages'] as const) : []),
    'global',
  ];
  const others: KeyContext = hasFailed ? 'failed' : 'view';
  return (
    <Frame title="Images" keyContexts={isShown ? (isTyping ? ['filtering'] : hints) : [others, 'global']}>
      {body()}
    </Frame>
  );

  function body(): ReactNode {
    if (statusError) return <StatusError error={statusError} />;
    if (!status) return <Loading text="Checking" />;
    if (!dataset) return <Text>{`No images yet. ${nextStep('press f to fetch some.', theme)}`}</Text>;
    if (hasFailed) return <ErrorMessage error={loaded.error} />;
    const place = { index, total: datasets.length };
    const shownList = { ...list, entry, shown: list.shown.map(entryOf) };
    return <ImagesView state={state} dataset={{ ...dataset, ...place }} list={shownList} {...{ loaded, layout }} />;
  }
}

/** The data sets that can be looked at, with the labels of their classes. */
function fetchedDatasets({ datasets }: Status) {
  return datasets.flatMap((dataset) => {
    const { split, trainImages, testImages } = dataset;
    if (trainImages === null || testImages === null) return [];
    return [{ name: split, trainImages, testImages, labels: classLabels(dataset) }];
  });
}
