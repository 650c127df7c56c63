import { Text } from 'ink';
import type { ReactNode } from 'react';
import { count, percent } from '../../../app/format.ts';
import { sourceName } from '../../../app/source-name.ts';
import { alignLeft, alignRight, bar, clip, columnsOf, printable, wrap } from '../../../app/text-layout.ts';
import { messageOf } from '../../../core/errors.ts';
import type { Neighbor } from '../../../core/evaluation/class-features.ts';
import type { Mistake } from '../../../core/evaluation/mistake.ts';
import { IMAGE_SIZE } from '../../../core/images/image-size.ts';
import { useAppContext } from '../../app-context.ts';
import { grayPicture, THUMBNAIL, thumbnail } from '../../charts/pictures.ts';
import { bodySize } from '../../components/body-size.ts';
import { labelCell, labelWidth } from '../../components/label-column.ts';
import { joinColumns, Lines } from '../../components/lines.tsx';
import type { Theme } from '../../theme/theme.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { BAR_ROWS, HEAD_ROWS, type MistakesLayout, mistakesLayout } from './mistakes-layout.ts';
import type { Neighbors } from './use-neighbors.ts';

/** Columns of a probability. */
const SHARE_WIDTH = 7;
const MAX_BARS_WIDTH = 60;

interface Place {
  readonly position: number;
  /** How many images can be shown, of how many that were misread. */
  readonly kept: number;
  readonly total: number;
}

/** A misread image, its probabilities, the training images that it resembles, and what saving has to say. */
export function MistakesView({
  end,
  mistake,
  place,
  neighbors,
  notes,
}: {
  end: Evaluation['end'];
  mistake: Mistake | undefined;
  place: Place;
  neighbors: Neighbors;
  notes: (width: number, theme: Theme) => string[];
}): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const size = bodySize(app);
  const layout = mistakesLayout(size);
  if (!mistake) return <Text>None of these images was kept: there were too many mistakes.</Text>;
  const imageWidth = IMAGE_SIZE * layout.scale;
  const bars = barLines(mistake, layout.barsBelow ? imageWidth : Math.min(MAX_BARS_WIDTH, layout.right), theme);
  const left = grayPicture(mistake.image, IMAGE_SIZE, theme, layout.scale);
  if (layout.barsBelow) left.push(...bars.map((line) => alignLeft(line, imageWidth)));
  const right = layout.barsBelow ? [] : layout.stacked ? [...bars, ''] : [...bars];
  right.push(...neighborLines(mistake, neighbors, layout, theme));
  const rows = size.height - HEAD_ROWS;
  const said = notes(layout.right, theme).slice(-Math.max(0, rows));
  // Messages must be visible, even if other lines then have no room.
  const above = right.slice(0, rows - said.length);
  if (said.length > 0 && above.length + said.length < rows) above.push('');
  const all = [...above, ...said];
  const body = joinColumns(left, all, layout.gap, imageWidth);
  return <Lines lines={[headLine(end, mistake, place, size.width, theme), ...body]} />;
}

function headLine(
  end: Evaluation['end'],
  { index, truth, guess }: Mistake,
  { position, kept, total }: Place,
  width: number,
  theme: Theme,
): string {
  const { separator, ellipsis } = theme.glyphs;
  const what = theme.paint('strong', `${printable(truth)} read as ${printable(guess)}`);
  const where = `${count(position + 1)} of ${count(kept)}${kept < total ? ` (the surest of ${count(total)})` : ''}`;
  const image = `image ${count(index)}`;
  const lines = [
    [what, where, `${image} of ${sourceName(end)}`],
    [what, where, image],
    [what, where],
  ].map((parts) => parts.join(`  ${separator}  `));
  return lines.find((line) => columnsOf(line) <= width) ?? clip(lines.at(-1)!, width, ellipsis);
}

/** The most probable classes. The right one, if it is among them, is painted as such. */
function barLines({ predictions, truth }: Mistake, width: number, theme: Theme): string[] {
  const labels = labelWidth(predictions.map(({ label }) => label));
  return predictions.slice(0, BAR_ROWS).map(({ label, probability }, index) => {
    const style = label === truth ? 'good' : index === 0 ? 'warning' : 'dim';
    const name = labelCell(label, labels, theme);
    const bars = bar(probability, width - labels - 1 - SHARE_WIDTH, theme.glyphs.bar);
    return theme.paint('strong', name) + theme.paint(style, bars) + alignRight(percent(probability), SHARE_WIDTH);
  });
}

function neighborLines(
  { truth, guess }: Mistake,
  neighbors: Neighbors,
  layout: MistakesLayout,
  theme: Theme,
): string[] {
  if (neighbors.state === 'none') return [];
  if (neighbors.state === 'failed') {
    return wrap(theme.paint('warning', `No training images: ${printable(messageOf(neighbors.error))}`), layout.right);
  }
  const width = layout.stacked ? layout.right : layout.thumbnails * (THUMBNAIL.columns + 1) - 1;
  const [ofTruth, ofGuess] = [truth, guess].map((label, index) => {
    const found = neighbors.state === 'found' ? (neighbors.of[index]?.neighbors ?? []) : null;
    return classLines(label, found, width, layout, theme);
  }) as [string[], string[]];
  return layout.stacked ? [...ofTruth, ...ofGuess] : joinColumns(ofTruth, ofGuess, 1);
}

/** The training images of a class, side by side, with a heading; `null` while they are being searched. */
function classLines(
  label: string,
  found: readonly Neighbor[] | null,
  width: number,
  { stacked, thumbnails }: MistakesLayout,
  theme: Theme,
): string[] {
  const { ellipsis, ongoing } = theme.glyphs;
  const name = theme.paint('strong', printable(label));
  const heading = `${theme.paint('dim', stacked ? 'Closest training images of ' : 'Closest ')}${name}`;
  const state = found === null ? `Loading${ongoing}` : found.length === 0 ? 'None' : '';
  const pictures = (found ?? []).slice(0, thumbnails).map(({ image }) => thumbnail(image, theme));
  const rows = Array.from({ length: THUMBNAIL.lines }, (_, row) => pictures.map((picture) => picture[row]!).join(' '));
  if (state !== '') rows[0] = theme.paint('dim', state);
  return [clip(heading, width, ellipsis), ...rows].map((line) => alignLeft(line, width));
}
