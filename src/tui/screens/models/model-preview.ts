import { clip, printable } from '../../../app/text-layout.ts';
import type { TrainingRecord } from '../../../core/model/model.ts';
import type { ChartLook } from '../../charts/chart-data.ts';
import { recordChart } from '../../charts/record-charts.ts';
import type { Size } from '../../components/body-size.ts';
import { factLines } from '../../components/facts.ts';
import { joinColumns, paintLines } from '../../components/lines.tsx';
import type { Theme } from '../../theme/theme.ts';
import type { ModelEntry } from './model-entry.ts';
import { entryFacts } from './model-facts.ts';
import { networkTable } from './network-lines.ts';

/** The least size of a chart in a preview, so that its legend fits, and its greatest height. */
const MIN_CHART = { width: 36, height: 6 };
const MAX_CHART_HEIGHT = 14;
/** The least width of facts beside a chart. */
const MIN_FACTS = 38;
/** The share of the width that they have, where there is room. */
const FACTS_SHARE = 0.55;
const GAP = 3;
/** Rows for facts below charts, at least. */
const FACT_ROWS = 14;

/** The most important of what is known about an entry of the list, in at most `height` lines. */
export function previewLines(entry: ModelEntry, { width, height }: Size, look: ChartLook, theme: Theme): string[] {
  if (height <= 0) return [];
  const title = theme.paint('strong', clip(printable(entry.name), width, theme.glyphs.ellipsis));
  const size = { width, height: height - 1 };
  const isFlat = width >= MIN_FACTS + GAP + MIN_CHART.width && height < MAX_CHART_HEIGHT * 2;
  return [title, ...(isFlat ? flatLines(entry, size, look, theme) : tallLines(entry, size, look, theme))];
}

/** Everything that is known about an entry, to scroll through: side by side if there is room. */
export function detailLines(entry: ModelEntry, { width, height }: Size, look: ChartLook, theme: Theme): string[] {
  const isWide = width >= 2 * MIN_FACTS + GAP;
  const left = isWide ? Math.floor((width - GAP) / 2) : width;
  const right = isWide ? width - GAP - left : width;
  const facts = factLines(entryFacts(entry), left, theme);
  const record = recordOf(entry);
  const chartHeight = Math.max(8, Math.min(MAX_CHART_HEIGHT, Math.floor(height / 2) - 1));
  const charts = record ? chartsLines(record, { width: right, height: 2 * chartHeight + 1 }, look, theme) : [];
  const network = entry.model ? networkTable(entry.model, left, theme) : [];
  const text = [...facts, ...(network.length > 0 ? ['', ...network] : [])];
  if (!isWide) return [...facts, ...(charts.length > 0 ? ['', ...charts] : []), ...text.slice(facts.length)];
  return joinColumns(text, charts, GAP, left);
}

/** Facts on the left, the accuracy on the right. */
function flatLines(entry: ModelEntry, { width, height }: Size, look: ChartLook, theme: Theme): string[] {
  const record = recordOf(entry);
  if (!record || height < MIN_CHART.height) return cut(factLines(entryFacts(entry), width, theme), height, theme);
  const left = Math.min(width - GAP - MIN_CHART.width, Math.floor((width - GAP) * FACTS_SHARE));
  const facts = cut(factLines(entryFacts(entry), left, theme), height, theme);
  const chart = chartLines(
    record,
    'accuracy',
    { width: width - GAP - left, height: Math.min(height, MAX_CHART_HEIGHT) },
    look,
    theme,
  );
  return joinColumns(facts, chart, GAP, left);
}

/** Charts at the top, then facts, then the network. */
function tallLines(entry: ModelEntry, { width, height }: Size, look: ChartLook, theme: Theme): string[] {
  const record = recordOf(entry);
  const room = Math.min(height - FACT_ROWS, 2 * MAX_CHART_HEIGHT + 1);
  const hasRoom = room >= MIN_CHART.height && width >= MIN_CHART.width;
  const charts = record && hasRoom ? [...chartsLines(record, { width, height: room }, look, theme), ''] : [];
  const facts = factLines(entryFacts(entry), width, theme);
  const network = entry.model ? ['', ...networkTable(entry.model, width, theme)] : [];
  return [...charts, ...cut([...facts, ...network], height - charts.length, theme)];
}

/** The record of a model, if it has the history that charts are drawn from. */
function recordOf({ model }: ModelEntry): TrainingRecord | null {
  return model?.training?.history?.length ? model.training : null;
}

/** Accuracy above loss; only the accuracy where there is too little room. */
function chartsLines(record: TrainingRecord, { width, height }: Size, look: ChartLook, theme: Theme): string[] {
  const lower = Math.floor((height - 1) / 2);
  if (lower < MIN_CHART.height) return chartLines(record, 'accuracy', { width, height }, look, theme);
  return [
    ...chartLines(record, 'accuracy', { width, height: height - 1 - lower }, look, theme),
    '',
    ...chartLines(record, 'loss', { width, height: lower }, look, theme),
  ];
}

function chartLines(
  record: TrainingRecord,
  metric: 'accuracy' | 'loss',
  { width, height }: Size,
  look: ChartLook,
  theme: Theme,
): string[] {
  return paintLines(recordChart(record, metric, width, height, look, theme) ?? [], theme);
}

/** The first lines; the last says how many more there are, and which key shows them. */
function cut(lines: readonly string[], height: number, theme: Theme): string[] {
  if (lines.length <= height) return [...lines];
  if (height < 1) return [];
  const shown = lines.slice(0, height - 1);
  return [...shown, theme.paint('dim', `${theme.glyphs.down} ${lines.length - shown.length} more: Enter`)];
}
