/** What was found in the source of a data set of one's own. */
export interface OwnDetails {
  /** The kind of the source. */
  format: 'pictures' | 'csv' | 'idx' | 'npz' | 'mat';
  /** How the source stored the images; null for pictures. They are upright in the data set. */
  orientation: 'upright' | 'transposed' | null;
  /** How that is known: from an option, by a trial with the shipped model, or not at all. */
  orientationFrom: 'given' | 'detected' | 'assumed' | null;
  /** The share of images that the shipped model reads right, as they are and transposed, if it was tried. */
  trial: { images: number; upright: number; transposed: number } | null;
  /** How many images were dark on light, and were inverted. */
  inverted: number;
  /** Whether the source has a test part, or a sixth of each class was taken. */
  testPart: 'own' | 'held-out';
  /** In class order. */
  perClass: { label: string; trainImages: number; testImages: number }[];
  /** The sizes of the pictures in pixels; null for other sources. */
  sizes: { distinct: number; smallest: string; largest: string } | null;
  /** How many pictures or rows could not be read and were left out, and the first of them. */
  skipped: number;
  skippedFirst: { source: string; reason: string }[];
  /** What else was noticed, as complete sentences. */
  notes: string[];
}
