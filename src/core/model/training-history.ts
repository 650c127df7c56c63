/** What was measured in an epoch and after it. */
export interface EpochRecord {
  epoch: number;
  /** Of the training images, as they were shown. */
  loss: number;
  accuracy: number;
  validationLoss: number;
  validationAccuracy: number;
  seconds: number;
  imagesPerSecond: number;
}

/** Points that a curve has at most. */
export const CURVE_POINTS = 512;

/** How training went between the ends of epochs, at a resolution that keeps it small. */
export interface TrainingCurve {
  /** Epochs that each point stands for: the first for those from 0 to `span`. */
  span: number;
  /** Mean over the batches of each point, from the start of the run; null if no batch ended in it. */
  loss: (number | null)[];
  accuracy: (number | null)[];
  learningRate: (number | null)[];
}
