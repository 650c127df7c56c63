/**
 * emnist-tui as a library: recognizes handwriting, and trains and evaluates models, without the app or the command line.
 * It prints nothing. Errors that a caller can do something about are `EmnistError`s.
 */

export type { ModelDescription } from '../app/events.ts';
export type { DatasetName } from '../core/dataset/dataset-name.ts';
export type { FetchEvent } from '../core/dataset/fetch-event.ts';
export type { OwnDetails } from '../core/dataset/own/own-details.ts';
export type { Part, Split } from '../core/dataset/splits.ts';
export type { EngineName } from '../core/engine/engine.ts';
export { EmnistError, type ErrorCode, type ErrorData, isEmnistError } from '../core/errors.ts';
export type { ClassAccuracy, Confusion, EvaluatedSource, EvaluateEvent } from '../core/evaluation/evaluate-event.ts';
export type { Box } from '../core/images/box.ts';
export type { Architecture } from '../core/model/architectures.ts';
export type { EvaluationRecord } from '../core/model/notes-file.ts';
export type { Recipe } from '../core/model/recipe.ts';
export type { EpochRecord, TrainingCurve } from '../core/model/training-history.ts';
export type { CharacterReading, Prediction } from '../core/prediction.ts';
export type { Sample, SampleOrigin } from '../core/samples/sample.ts';
export type { Drawing, Point, Stroke } from '../core/strokes/drawing.ts';
export type { TextCandidate, TextCharacter, TextReading, TextWord } from '../core/text/text-reading.ts';
export type { Comparison, LearnEvent } from '../core/training/learn-event.ts';
export type { TrainEvent } from '../core/training/train-event.ts';
export { type EvaluateOptions, type EvaluateResult, evaluate } from './evaluate.ts';
export { type FetchOptions, type FetchResult, fetchDatasets } from './fetch-datasets.ts';
export { type LearningRun, type LearnOptions, type LearnResult, learn } from './learn.ts';
export { chooseDefaultModel, listModels } from './models.ts';
export type { RecognizeOptions } from './options.ts';
export {
  type LearnedSample,
  type LoadOptions,
  loadRecognizer,
  type RecognizedCharacter,
  type Recognizer,
} from './recognizer.ts';
export type { Run } from './run.ts';
export { addSample, type LabeledDrawing, listSamples, removeSample } from './samples.ts';
export type { RecognizeTextOptions } from './text.ts';
export { type TrainingRun, type TrainOptions, type TrainResult, train } from './train.ts';
