import { percent } from '../../app/format.ts';
import { alignLeft, clip, columnsOf, printable, wrap } from '../../app/text-layout.ts';
import { IMAGE_SIZE } from '../../core/images/image-size.ts';
import { describeLayer, type Inspection, type LayerView, shapeText } from '../../core/inspection.ts';
import type { Prediction } from '../../core/prediction.ts';
import { influencePicture, mapPicture, stripPicture } from '../charts/inspection-pictures.ts';
import { grayPicture } from '../charts/pictures.ts';
import { joinColumns } from '../components/lines.tsx';
import type { Theme } from '../theme/theme.ts';
import type { InsideState, Inspected } from './draw-inside-state.ts';
import { SHOWN_ANSWERS } from './draw-reading.ts';

/** Columns between pictures that belong to different blocks, and between feature maps. */
const GAP = 2;
const MAP_GAP = 1;
/** Columns of the image and of the influence map, and their lines. */
const PICTURE = IMAGE_SIZE;
const PICTURE_LINES = IMAGE_SIZE / 2;
/** Columns of a feature map, and its lines. */
const MAP = IMAGE_SIZE / 2;
const MAP_LINES = MAP / 2;
/** From this size on, all of it is shown at once. */
const WIDE = { width: 2 * PICTURE + 2 * GAP + 3 * (MAP + MAP_GAP), height: 28 } as const;

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Shown extends Inspected {
  readonly inspection: Inspection;
}

/** The answers on one line, with a mark at the one that is explained. */
export function answersLine(predictions: readonly Prediction[], answer: number, width: number, theme: Theme): string {
  const { paint, glyphs } = theme;
  const answers = predictions.slice(0, SHOWN_ANSWERS).map(({ label, probability }, index) => {
    const text = `${printable(label)} ${percent(probability)}`;
    if (index !== answer) return `  ${index === 0 ? text : paint('dim', text)}`;
    return paint('selected', `${glyphs.pointer} ${text}`);
  });
  return clip(answers.join('  '), width, glyphs.ellipsis);
}

/** What the network makes of the image: at least the image, and what is chosen of the influence map and the layers. */
export function insideLines(
  { focus, answer }: Pick<InsideState, 'focus' | 'answer'>,
  shown: Shown,
  size: Size,
  theme: Theme,
): string[] {
  const isWide = size.width >= WIDE.width && size.height >= WIDE.height;
  return isWide ? wideLines(focus, answer, shown, size, theme) : compactLines(focus, answer, shown, size, theme);
}

/** The image, beside it what is chosen, and what is to be seen there. */
function compactLines(focus: number, answer: number, shown: Shown, { width, height }: Size, theme: Theme): string[] {
  const { layers } = shown.inspection;
  const beside = width - PICTURE - GAP;
  const layer = layers[focus - 1];
  const [heading, picture, notes] = layer
    ? [
        layerHeading(layer, theme),
        layerPicture(layer, { width: beside, height: PICTURE_LINES }, theme),
        layerNotes(layer),
      ]
    : [
        influenceHeading(answer, shown),
        influencePicture(shown.inspection.influence, shown.image, theme),
        influenceNotes(shown),
      ];
  const place = layers.length === 0 ? '' : ` (${focus + 1} of ${layers.length + 1})`;
  const left = ['The drawing', ...imageLines(shown, theme)];
  const right = [columnsOf(heading + place) <= beside ? heading + place : heading, ...picture];
  const pictures = joinColumns(headed(left, PICTURE, theme), headed(right, beside, theme), GAP);
  const text = notes.flatMap((note) => wrap(note, width));
  const room = height - pictures.length;
  return [...pictures, ...(text.length < room ? [''] : []), ...text.slice(0, room)];
}

/** The image and the influence map, below them the layer that is chosen, and beside them as many layers as fit. */
function wideLines(focus: number, answer: number, shown: Shown, { width, height }: Size, theme: Theme): string[] {
  const { layers } = shown.inspection;
  const half = 2 * PICTURE + GAP;
  const pictures = joinColumns(
    headed(['The drawing', ...imageLines(shown, theme)], PICTURE, theme),
    headed(
      [
        marked(focus === 0, influenceHeading(answer, shown), theme),
        ...influencePicture(shown.inspection.influence, shown.image, theme),
      ],
      PICTURE,
      theme,
    ),
    GAP,
  );
  const layer = layers[focus - 1] ?? layers[0];
  const notes = influenceNotes(shown).flatMap((note) => wrap(note, half));
  const left = [...pictures, '', ...notes];
  if (layer) {
    left.push('', ...[`${layerHeading(layer, theme)}`, ...layerNotes(layer)].flatMap((note) => wrap(note, half)));
    const room = height - left.length - 1;
    const large = layer.channels.length > 0 ? PICTURE_LINES : 1;
    if (room >= large) left.push('', ...largeMaps(layer, { width: half, height: room }, theme));
  }
  const rows = Math.max(1, Math.floor((height + 1) / (MAP_LINES + 2)));
  const first = Math.max(0, Math.min(focus - 1 - Math.floor(rows / 2), layers.length - rows));
  const beside = width - half - GAP;
  const right = layers.slice(first, first + rows).flatMap((one, index) => {
    const isChosen = focus === first + index + 1;
    const picture = layerPicture(one, { width: beside, height: MAP_LINES }, theme);
    const heading = marked(isChosen, layerHeading(one, theme), theme);
    return [...(index > 0 ? [''] : []), ...headed([heading, ...picture], beside, theme)];
  });
  const blank = ' '.repeat(half);
  const lines = Math.min(height, Math.max(left.length, right.length));
  return Array.from({ length: lines }, (_, index) => {
    const line = left[index];
    return `${line === undefined ? blank : alignLeft(line, half)}${' '.repeat(GAP)}${right[index] ?? ''}`;
  });
}

function imageLines({ image }: Shown, theme: Theme): string[] {
  return grayPicture(image, IMAGE_SIZE, theme);
}

/** Lines whose first is a heading, padded to a width. */
function headed([heading = '', ...lines]: readonly string[], width: number, theme: Theme): string[] {
  const isMarked = heading.startsWith(theme.glyphs.pointer);
  const title = alignLeft(heading, width, theme.glyphs.ellipsis);
  return [theme.paint(isMarked ? 'selected' : 'dim', title), ...lines];
}

function marked(isChosen: boolean, heading: string, { glyphs }: Theme): string {
  return isChosen ? `${glyphs.pointer} ${heading}` : heading;
}

function influenceHeading(answer: number, { inspection }: Shown): string {
  const label = printable(inspection.label);
  return answer === 0 ? `Why ${label}?` : `Why not ${label}?`;
}

/** What is to be seen in the influence map. */
function influenceNotes({ label: asked, inspection }: Shown): string[] {
  const { label, probability, without, layers } = inspection;
  const name = printable(label);
  const about = asked === label ? '' : `The network has no class for ${printable(asked)}, so this is about ${name}. `;
  const strongest =
    without < probability
      ? `Without the strongest patch, ${name} has ${percent(without)} instead of ${percent(probability)}.`
      : '';
  return [
    `${about}Covering ink patch by patch shows what speaks for ${name} (+ #) or against it (- =).`,
    strongest,
    layers.length === 0 ? 'This network has no layers between the image and the answer.' : '',
  ].filter(Boolean);
}

function layerHeading({ name, shape, pools }: LayerView, { unicode }: Theme): string {
  return `${name}${pools ? ', pooled' : ''}  ${shapeText(shape, unicode ? '×' : 'x')}`;
}

/** What is to be seen in the maps of a layer. */
function layerNotes(layer: LayerView): string[] {
  const count = layer.shape.at(-1)!;
  const which = layer.channels.length === 0 ? '' : ` Of ${count} maps, those with the strongest response are shown.`;
  return [`${describeLayer(layer)}${which}`];
}

/** As many feature maps as fit, or the values of a vector, in lines of the same width. */
function layerPicture(layer: LayerView, { width, height }: Size, theme: Theme): string[] {
  return mapLines(layer, { width, height }, MAP, theme);
}

function largeMaps(layer: LayerView, size: Size, theme: Theme): string[] {
  return mapLines(layer, size, PICTURE, theme);
}

function mapLines({ channels, maps, size }: LayerView, { width, height }: Size, side: number, theme: Theme): string[] {
  if (channels.length === 0) return maps.flatMap((map) => stripPicture(map, width, theme)).slice(0, height);
  const wanted = side === MAP ? MAP_GAP : GAP;
  const gap = width < 2 * side + wanted ? 0 : wanted;
  const across = Math.max(1, Math.floor((width + gap) / (side + gap)));
  const down = Math.max(1, Math.floor(height / (side / 2)));
  const pictures = maps.slice(0, across * down).map((map) => mapPicture(map, size, side, theme));
  const rows = Array.from({ length: Math.ceil(pictures.length / across) }, (_, row) => {
    return pictures.slice(row * across, (row + 1) * across).reduce((left, right) => joinColumns(left, right, gap));
  });
  return rows.flat();
}
