import type { DatasetName } from '../../../core/dataset/dataset-name.ts';
import type { Part } from '../../../core/dataset/splits.ts';

/** Images of each class that are read at a time. More would take too much memory, fewer would be read again too often. */
export const BATCH = 120;

/** The augmentation's strength moves in steps of 1 / `STRENGTH_STEPS`. */
const STRENGTH_STEPS = 10;

/** What the viewer of a data set shows. */
export interface ImagesState {
  /** The chosen data set; null for the first that there is. */
  readonly name: DatasetName | null;
  readonly part: Part;
  /** The class that was leafed through last, and the first image of it that is shown. Of others, the first ones are. */
  readonly turned: { readonly label: string; readonly first: number } | null;
  /** Whether pictures have a cell for two pixels instead of one for eight; null for what suits the terminal. */
  readonly isLarge: boolean | null;
  /** Shows each image with what augmentation makes of it. */
  readonly isAugmented: boolean;
  readonly strength: number;
  readonly seed: number;
}

export type ImagesAction =
  | { type: 'open'; name: DatasetName }
  | { type: 'part' }
  | { type: 'size'; isLarge: boolean }
  /** Shows the next or previous images of a class of `count`, of which `shown` fit. After the last come the first again. */
  | { type: 'turn'; label: string; by: 1 | -1; shown: number; count: number }
  | { type: 'augment' }
  | { type: 'strength'; by: 1 | -1; max: number }
  | { type: 'redraw' };

export function initialImages(name: DatasetName | undefined, strength: number): ImagesState {
  const view = { turned: null, isLarge: null, isAugmented: false, strength, seed: 1 };
  return { name: name ?? null, part: 'train', ...view };
}

export function reduceImages(state: ImagesState, action: ImagesAction): ImagesState {
  switch (action.type) {
    case 'open':
      return { ...state, name: action.name, turned: null };
    case 'part':
      // Only training images are augmented.
      return { ...state, part: state.part === 'train' ? 'test' : 'train', turned: null, isAugmented: false };
    case 'size':
      return { ...state, isLarge: action.isLarge };
    case 'turn':
      return { ...state, turned: { label: action.label, first: turn(firstShown(state, action.label), action) } };
    case 'augment': {
      const turned = state.part === 'train' ? state.turned : null;
      return { ...state, part: 'train', turned, isAugmented: !state.isAugmented };
    }
    case 'strength': {
      const steps = Math.round(state.strength * STRENGTH_STEPS) + action.by;
      return { ...state, strength: Math.min(action.max, Math.max(0, steps / STRENGTH_STEPS)) };
    }
    case 'redraw':
      return { ...state, seed: state.seed + 1 };
  }
}

/** The first image of a class that is shown. */
export function firstShown({ turned }: ImagesState, label: string): number {
  return turned?.label === label ? turned.first : 0;
}

/** The range of the images of a class that is shown: `size` from `first` on, but no further than the batch with `first`. */
export function shownRange(first: number, size: number, count: number): { from: number; to: number } {
  return { from: first, to: Math.min(first + size, batchOf(first) + BATCH, count) };
}

/** The first image of the batch with an image. */
export function batchOf(image: number): number {
  return Math.floor(image / BATCH) * BATCH;
}

function turn(first: number, { by, shown, count }: Extract<ImagesAction, { type: 'turn' }>): number {
  if (by === 1) {
    const { to } = shownRange(first, shown, count);
    return to < count ? to : 0;
  }
  if (first === 0) return 0;
  const batch = batchOf(first - 1);
  return Math.max(batch, first - shown);
}
