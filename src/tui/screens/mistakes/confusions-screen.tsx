import { type ReactNode, useMemo, useState } from 'react';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Frame } from '../../components/frame.tsx';
import { Lines } from '../../components/lines.tsx';
import { pageOf } from '../../components/long-list.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useListMouse } from '../../hooks/use-list-mouse.ts';
import type { Route } from '../../routes.ts';
import {
  type Cell,
  type CellAction,
  confusionMatrix,
  hottestCells,
  largestConfusion,
  mistakesAt,
  reduceCell,
} from './confusion-matrix.ts';
import { cellAt, matrixHeight, matrixLines } from './confusion-matrix-lines.ts';

/** The confusion matrix of an evaluation as a heat map, with a cursor that opens the mistakes of a cell. */
export function ConfusionsScreen({ route }: { route: Extract<Route, { screen: 'confusions' }> }): ReactNode {
  const app = useAppContext();
  const evaluation = route.of;
  const matrix = useMemo(() => confusionMatrix(evaluation.end), [evaluation]);
  const [cell, setCell] = useState(() => hottestCells(matrix)[0] ?? { row: 0, column: 0 });
  const choice = mistakesAt(evaluation, matrix, cell);
  const emptyCell = largestConfusion(matrix) > 0 ? 'emptyCell' : 'diagonalMatrix';
  const size = bodySize(app);
  const page = pageOf(matrixHeight(size.height));
  const move = (action: CellAction) => () => setCell((latest) => reduceCell(latest, action, matrix));
  const open = () => {
    if (choice) app.navigate({ screen: 'mistakes', of: choice });
  };
  // To the mouse, the cells are a list, row by row.
  const entryOf = ({ row, column }: Cell) => row * matrix.labels.length + column;
  useListMouse({
    ...{ top: 0, focus: entryOf(cell), onOpen: open },
    entryAt(line, column) {
      const found = cellAt(matrix, cell, size, app.theme, { line, column });
      return found && entryOf(found);
    },
    onFocus: (entry) =>
      setCell({ row: Math.floor(entry / matrix.labels.length), column: entry % matrix.labels.length }),
    onWheel: (by) => move({ type: 'rows', by })(),
  });
  useKeys(
    'confusions',
    {
      left: move({ type: 'columns', by: -1 }),
      right: move({ type: 'columns', by: 1 }),
      firstColumn: move({ type: 'columns', by: Number.NEGATIVE_INFINITY }),
      lastColumn: move({ type: 'columns', by: Number.POSITIVE_INFINITY }),
      up: move({ type: 'rows', by: -1 }),
      down: move({ type: 'rows', by: 1 }),
      pageUp: move({ type: 'rows', by: -page }),
      pageDown: move({ type: 'rows', by: page }),
      first: move({ type: 'rows', by: Number.NEGATIVE_INFINITY }),
      last: move({ type: 'rows', by: Number.POSITIVE_INFINITY }),
      nextConfusion: move({ type: 'confusion', by: 1 }),
      previousConfusion: move({ type: 'confusion', by: -1 }),
      mistakes: open,
      back: app.back,
    },
    { menu: true },
  );
  return (
    <Frame title="Confusion matrix" keyContexts={[choice ? 'confusions' : emptyCell, 'global']}>
      <Lines lines={matrixLines(matrix, cell, size, app.theme)} />
    </Frame>
  );
}
