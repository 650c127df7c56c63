import { alignLeft, columnsOf, wrap } from '../../../app/text-layout.ts';
import { IMAGE_SIZE } from '../../../core/images/image-size.ts';
import type { LayerView } from '../../../core/inspection.ts';
import { influencePicture, mapPicture, stripPicture } from '../../charts/inspection-pictures.ts';
import { grayPicture } from '../../charts/pictures.ts';
import { joinColumns } from '../../components/lines.tsx';
import type { Theme } from '../../theme/theme.ts';
import type { InsideState, ShownInspection } from './draw-inside-state.ts';
import { influenceHeading, influenceNotes, layerHeading, layerNotes } from './draw-inside-texts.ts';

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

/** What the network makes of the image: at least the image, and what is chosen of the influence map and the layers. */
export function insideLines(focus: InsideState['focus'], shown: ShownInspection, size: Size, theme: Theme): string[] {
  const isWide = size.width >= WIDE.width && size.height >= WIDE.height;
  return isWide ? wideLines(focus, shown, size, theme) : compactLines(focus, shown, size, theme);
}

/** The image, beside it the map or layer that is chosen, and below them what that shows. */
function compactLines(focus: number, shown: ShownInspection, { width, height }: Size, theme: Theme): string[] {
  const { layers } = shown.inspection;
  const beside = width - PICTURE - GAP;
  const layer = layers[focus - 1];
  const [heading, picture, notes] = layer
    ? [
        layerHeading(layer, theme),
        mapLines(layer, { width: beside, height: PICTURE_LINES }, MAP, theme),
        layerNotes(layer),
      ]
    : [
        influenceHeading(shown),
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
function wideLines(focus: number, shown: ShownInspection, { width, height }: Size, theme: Theme): string[] {
  const { layers } = shown.inspection;
  const half = 2 * PICTURE + GAP;
  const pictures = joinColumns(
    headed(['The drawing', ...imageLines(shown, theme)], PICTURE, theme),
    headed(
      [
        marked(focus === 0, influenceHeading(shown), theme),
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
    left.push('', ...[layerHeading(layer, theme), ...layerNotes(layer)].flatMap((note) => wrap(note, half)));
    const room = height - left.length - 1;
    const large = layer.channels.length > 0 ? PICTURE_LINES : 1;
    if (room >= large) left.push('', ...mapLines(layer, { width: half, height: room }, PICTURE, theme));
  }
  const rows = Math.max(1, Math.floor((height + 1) / (MAP_LINES + 2)));
  const first = Math.max(0, Math.min(focus - 1 - Math.floor(rows / 2), layers.length - rows));
  const beside = width - half - GAP;
  const right = layers.slice(first, first + rows).flatMap((one, index) => {
    const isChosen = focus === first + index + 1;
    const picture = mapLines(one, { width: beside, height: MAP_LINES }, MAP, theme);
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

function imageLines({ image }: ShownInspection, theme: Theme): string[] {
  return grayPicture(image, IMAGE_SIZE, theme);
}

/** A heading and the lines below it, padded to a width. */
function headed([heading = '', ...lines]: readonly string[], width: number, theme: Theme): string[] {
  const isMarked = heading.startsWith(theme.glyphs.pointer);
  const title = alignLeft(heading, width, theme.glyphs.ellipsis);
  return [theme.paint(isMarked ? 'selected' : 'dim', title), ...lines];
}

function marked(isChosen: boolean, heading: string, { glyphs }: Theme): string {
  return isChosen ? `${glyphs.pointer} ${heading}` : heading;
}

/** As many feature maps as fit, each `side` columns wide, or the values of a vector. */
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
