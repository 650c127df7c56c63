import { IMAGE_PIXELS } from '../../images/image-size.ts';
import type { Part } from '../splits.ts';
import { transposeImages } from '../transpose.ts';
import { nameClasses } from './class-names.ts';
import type { ImageStore } from './image-store.ts';
import type { OwnDetails } from './own-details.ts';
import { invalidData } from './own-errors.ts';
import { invert, isOnWhite } from './paper.ts';
import type { SourceImages } from './source-images.ts';
import { chooseTestPart } from './test-part.ts';
import type { LabeledImage } from './write-dataset.ts';

/** How well the shipped model reads images as they are and transposed: the shares that it reads right. */
export type OrientationTrial = NonNullable<OwnDetails['trial']>;

/** Tries both orientations of labeled images, [labels.length, 784]. Null if the model knows none of the labels. */
export type TryOrientation = (
  images: Uint8Array,
  labels: readonly string[],
  signal: AbortSignal,
) => Promise<OrientationTrial | null>;

export interface PrepareOptions {
  /** The source's name in errors. */
  from: string;
  orientation?: 'upright' | 'transposed';
  tryOrientation: TryOrientation;
  signal: AbortSignal;
}

/** A data set that is ready to be written. */
export interface PreparedImages {
  labels: string[];
  parts: Readonly<Record<Part, readonly LabeledImage[]>>;
  details: OwnDetails;
}

/** Images to try the orientation on. */
const TRIED = 1000;
/** With fewer, a trial says little. */
const MIN_TRIED = 20;
/** The better orientation must be read this well, and by so much better. */
const MIN_ACCURACY = 0.4;
const MIN_DIFFERENCE = 0.15;

/**
 * Makes the images of a source light on dark and upright, in place, names their classes, and holds out a test part if there
 * is none. Throws `data-invalid`.
 */
export async function prepareImages(source: SourceImages, options: PrepareOptions): Promise<PreparedImages> {
  const { from } = options;
  const { train, test } = source;
  const { labels, classes, note } = nameClasses(source, from);
  const stores = test ? [train, test] : [train];
  const all = stores.flatMap((store) =>
    Array.from(
      { length: store.count },
      (_, index): LabeledImage => ({ store, index, label: classes.get(store)![store.label(index)]! }),
    ),
  );
  let { inverted } = source;
  if (source.likelyOrientation !== null && isOnWhite(train)) {
    for (const { store, index } of all) invert(store.image(index));
    inverted += all.length;
  }
  const orientation = await findOrientation(source, all.slice(0, train.count), labels, options);
  if (orientation.orientation === 'transposed') for (const { store, index } of all) transposeInPlace(store, index);
  const heldOut = test ? null : chooseTestPart(train, classes.get(train)!, labels.length);
  const isTest = ({ store, index }: LabeledImage) => (heldOut ? heldOut[index] === 1 : store === test);
  const parts = { train: all.filter((image) => !isTest(image)), test: all.filter(isTest) };
  if (parts.test.length === 0) throw invalidData(from, 'too-few', 'has too few images for a test part');
  const counts = { train: countClasses(parts.train, labels), test: countClasses(parts.test, labels) };
  return {
    labels,
    parts,
    details: {
      format: source.format,
      ...orientation,
      inverted,
      testPart: test ? 'own' : 'held-out',
      perClass: labels.map((label, index) => ({
        label,
        trainImages: counts.train[index]!,
        testImages: counts.test[index]!,
      })),
      sizes: source.sizes,
      skipped: source.skipped.count,
      skippedFirst: source.skipped.first,
      notes: note === null ? source.notes : [...source.notes, note],
    },
  };
}

async function findOrientation(
  { likelyOrientation }: SourceImages,
  images: readonly LabeledImage[],
  labels: readonly string[],
  { orientation, tryOrientation, signal }: PrepareOptions,
): Promise<Pick<OwnDetails, 'orientation' | 'orientationFrom' | 'trial'>> {
  if (likelyOrientation === null) return { orientation: null, orientationFrom: null, trial: null };
  if (orientation) return { orientation, orientationFrom: 'given', trial: null };
  const count = Math.min(TRIED, images.length);
  const tried = Array.from({ length: count }, (_, k) => images[Math.floor((k * images.length) / count)]!);
  const pixels = new Uint8Array(count * IMAGE_PIXELS);
  for (const [k, { store, index }] of tried.entries()) pixels.set(store.image(index), k * IMAGE_PIXELS);
  const trial = await tryOrientation(
    pixels,
    tried.map(({ label }) => labels[label]!),
    signal,
  );
  signal.throwIfAborted();
  const assumed = { orientation: likelyOrientation, orientationFrom: 'assumed' as const, trial };
  if (trial === null || trial.images < MIN_TRIED) return assumed;
  const { upright, transposed } = trial;
  const isClear = Math.max(upright, transposed) >= MIN_ACCURACY && Math.abs(upright - transposed) >= MIN_DIFFERENCE;
  if (!isClear) return assumed;
  return { orientation: upright > transposed ? 'upright' : 'transposed', orientationFrom: 'detected', trial };
}

function transposeInPlace(store: ImageStore, index: number): void {
  const image = store.image(index);
  const upright = new Uint8Array(IMAGE_PIXELS);
  transposeImages(image.slice(), 0, upright, 0, 1);
  image.set(upright);
}

function countClasses(images: readonly LabeledImage[], labels: readonly string[]): number[] {
  const counts = new Array<number>(labels.length).fill(0);
  for (const { label } of images) counts[label]!++;
  return counts;
}
