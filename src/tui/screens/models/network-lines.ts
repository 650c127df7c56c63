import { count, counted } from '../../../app/format.ts';
import { alignLeft, alignRight, clip, printable, table } from '../../../app/text-layout.ts';
import type { LayerSummary } from '../../../core/model/network-summary.ts';
import type { Theme } from '../../theme/theme.ts';

const HEADING = ['Layer', 'Output', 'Parameters'] as const;
const NAME = 22;
const SHAPE = 10;
const PARAMETERS = 10;
/** The columns of `networkPanel`. */
export const NETWORK_PANEL_WIDTH = NAME + 1 + SHAPE + 1 + PARAMETERS;

/** `11 layers, 452,143 parameters` */
export function networkText(layers: readonly LayerSummary[]): string {
  return `${counted(layers.length, 'layer')}, ${counted(parameterCount(layers), 'parameter')}`;
}

/** The number of weights of a network. */
export function parameterCount(layers: readonly Pick<LayerSummary, 'parameters'>[]): number {
  return layers.reduce((sum, { parameters }) => sum + parameters, 0);
}

/** All layers of a network with their output shapes and parameters, in columns as wide as what they contain. */
export function networkTable({ layers }: { layers: readonly LayerSummary[] }, width: number, theme: Theme): string[] {
  const total = ['total', '', count(parameterCount(layers))];
  const rows = [HEADING, ...layers.map((layer) => layerCells(layer, theme)), total];
  const [heading, ...lines] = table(rows, [2])
    .split('\n')
    .map((line) => clip(line, width, theme.glyphs.ellipsis));
  return [theme.paint('dim', heading!), ...lines];
}

/** The same in `NETWORK_PANEL_WIDTH` columns and at most `height` lines, with a title: of a deep network, as many layers as fit. */
export function networkPanel(
  layers: readonly LayerSummary[] | null,
  name: string,
  height: number,
  theme: Theme,
): string[] {
  if (layers === null) return [];
  const { ellipsis } = theme.glyphs;
  const line = (cells: readonly [string, string, string]) =>
    `${alignLeft(cells[0], NAME, ellipsis)} ${alignRight(cells[1], SHAPE)} ${alignRight(cells[2], PARAMETERS)}`;
  const rows = layers.map((layer) => line(layerCells(layer, theme)));
  const room = height - 3;
  const shown = rows.length > room ? rows.slice(0, Math.max(0, room - 1)) : rows;
  return [
    theme.paint('strong', alignLeft(printable(name), NETWORK_PANEL_WIDTH, ellipsis)),
    theme.paint('dim', line(HEADING)),
    ...shown,
    ...(shown.length < rows.length ? [theme.paint('dim', `${counted(rows.length - shown.length, 'more layer')}`)] : []),
    theme.paint('strong', networkText(layers)),
  ];
}

/** Layers without parameters have none in the table, so that the others stand out. */
function layerCells({ name, shape, parameters }: LayerSummary, { glyphs }: Theme): [string, string, string] {
  return [printable(name), shape.join(glyphs.times), parameters > 0 ? count(parameters) : ''];
}
