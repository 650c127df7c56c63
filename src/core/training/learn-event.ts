import type { DatasetName } from '../dataset/dataset-name.ts';
import type { WaitingEvent } from '../files/lock-holder.ts';
import type { TrainEvent } from './train-event.ts';

/** Accuracy before and after learning, on `count` images; null if there are none to measure it on. */
export interface Comparison {
  before: number | null;
  after: number | null;
  count: number;
}

/** Events of learning a hand: like those of a training run, without pauses. */
export type LearnEvent =
  | WaitingEvent
  | (Omit<Extract<TrainEvent, { event: 'start' }>, 'split' | 'architecture'> & {
      /** Of the model that is fine-tuned; null if it is from another program. */
      split: DatasetName | null;
      architecture: string | null;
      /** The model that is fine-tuned. */
      from: string;
      /** The user's samples that are learned from, and held out. */
      samples: number;
      heldOut: number;
      /** Labels of samples that become new classes. */
      newLabels: string[];
      /** Where the replayed images come from: a data set, or generated drawings. */
      replay: string;
    })
  | Extract<TrainEvent, { event: 'batch' }>
  /**
   * Progress of measuring the model on the held-out samples and general images. Of epoch 0 before learning, and while drawings are
   * generated and images read to be replayed.
   */
  | Extract<TrainEvent, { event: 'validation' }>
  | (Extract<TrainEvent, { event: 'epoch' }> & {
      /** On the user's held-out samples, and on general images. Epoch 0 is the model before learning. */
      ownAccuracy: number | null;
      generalAccuracy: number | null;
    })
  | {
      event: 'end';
      reason: 'completed' | 'stopped' | 'interrupted';
      /** The new model; null if it was not accepted, or learning was stopped. */
      model: string | null;
      /** The model that it was made from. */
      from: string;
      samples: number;
      own: Comparison;
      general: Comparison;
      /**
       * Whether the new model was saved, which makes it the default: it reads more of the user's own samples, and in general at most
       * 0.5 points less.
       */
      accepted: boolean;
      seconds: number;
    };
