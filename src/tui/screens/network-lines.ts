import { count, counted } from '../../app/format.ts';
import { alignLeft, alignRight, printable } from '../../app/text-layout.ts';
import type { LayerSummary } from '../../core/model/network-summary.ts';
import type { Theme } from '../theme/theme.ts';
import { parameterCount } from './model-facts.ts';

const NAME = 22;
const SHAPE = 10;
const PARAMETERS = 10;
/** The columns of `networkLines`. */
export const NETWORK_PANEL_WIDTH = NAME + 1 + SHAPE + 1 + PARAMETERS;

/** `11 layers, 452,143 parameters` */
export function networkText(layers: readonly LayerSummary[]): string {
  return `${counted(layers.length, 'layer')}, ${count(parameterCount(layers))} parameters`;
}

/** A table of the layers of a network with their output shapes and parameters; of a deep one, as many as fit. */
export function networkLines(
  layers: readonly LayerSummary[] | null,
  name: string,
  height: number,
  theme: Theme,
): string[] {
  if (layers === null) return [];
  const { ellipsis, times } = theme.glyphs;
  const line = (cells: readonly [string, string, string]) =>
    `${alignLeft(cells[0], NAME, ellipsis)} ${alignRight(cells[1], SHAPE)} ${alignRight(cells[2], PARAMETERS)}`;
  const rows = layers.map((layer) =>
    line([printable(layer.name), layer.shape.join(times), layer.parameters > 0 ? count(layer.parameters) : '']),
  );
  const room = height - 3;
  const shown = rows.length > room ? rows.slice(0, Math.max(0, room - 1)) : rows;
  return [
    theme.paint('strong', alignLeft(printable(name), NETWORK_PANEL_WIDTH, ellipsis)),
    theme.paint('dim', line(['Layer', 'Output', 'Parameters'])),
    ...shown,
    ...(shown.length < rows.length ? [theme.paint('dim', `${counted(rows.length - shown.length, 'more layer')}`)] : []),
    theme.paint('strong', networkText(layers)),
  ];
}
