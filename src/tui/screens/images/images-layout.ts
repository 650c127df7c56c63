import { decimal } from '../../../app/format.ts';
import { MAX_STRENGTH } from '../../../core/dataset/augmentation.ts';
import { ARCHITECTURES } from '../../../core/model/architectures.ts';
import { recipeFor } from '../../../core/model/recipe.ts';
import { THUMBNAIL } from '../../charts/pictures.ts';
import type { Size } from '../../components/body-size.ts';
import { noteLines } from '../../components/notes.ts';
import type { Theme } from '../../theme/theme.ts';
import { type ClassColumns, type ClassEntry, classColumns } from './images-classes.ts';
import { type PictureGrid, pictureGrid } from './images-pictures.ts';
import type { ImagesState } from './images-state.ts';

/** Where the parts of the viewer go: the classes on the left, the pictures on the right, notes below. */
export interface ImagesLayout {
  readonly width: number;
  readonly columns: ClassColumns;
  /** An empty line below the first one. */
  readonly isSpaced: boolean;
  /** The lines of the list, with its heading. */
  readonly listHeight: number;
  /** The room for pictures, below their heading. */
  readonly area: Size;
  readonly grid: PictureGrid;
  readonly notes: readonly string[];
}

/** Columns between the list and the pictures. */
export const GAP = 2;
/** Thumbnails in a row that bars of the classes must leave room for. */
const THUMBNAILS = 3;
/** A smaller body has no empty lines. */
const SPACED_HEIGHT = 18;
const NOTE_LINES = 4;

/** Lays out the viewer in a body of a size; the list is as wide as its counts, the pictures fill the rest. */
export function imagesLayout(
  state: ImagesState,
  classes: readonly ClassEntry[],
  { width, height }: Size,
  theme: Theme,
): ImagesLayout {
  const pictures = THUMBNAILS * (THUMBNAIL.columns + 1) - 1;
  const columns = classColumns(classes, width - GAP - pictures);
  const isSpaced = height >= SPACED_HEIGHT;
  const notes = state.isAugmented ? noteLines(augmentationNotes(state, theme), width, NOTE_LINES) : [];
  const listHeight = height - (isSpaced ? 2 : 1) - notes.length;
  const area = { width: width - columns.width - GAP, height: listHeight - 1 };
  const grid = pictureGrid(area, state.isLarge, state.isAugmented ? 2 : 1);
  return { width, columns, isSpaced, listHeight, area, grid, notes };
}

/** How strong the augmentation is, how strong it is in training, and what that means. */
function augmentationNotes({ strength }: ImagesState, theme: Theme): string[] {
  const { left, right } = theme.glyphs;
  const byStrength = Map.groupBy(ARCHITECTURES, (name) => recipeFor(name).augment);
  const defaults = [...byStrength].map(([value, names]) => `${value} for ${names.join(' and ')}`).join(', ');
  return [
    `Strength ${theme.paint('selected', `${left} ${decimal(strength, 1)} ${right}`)}   Default: ${defaults}`,
    theme.paint(
      'dim',
      'It multiplies all random distortions: shift, rotation, scale, slant, perspective, bend, and thickness. ' +
        `0 is none, ${MAX_STRENGTH} is the most.`,
    ),
  ];
}
