/**
 * emnist-tui as a library: reads handwriting with a model, trains and measures models, without the app or the command
 * line. It prints nothing and leaves the process' signals and exit code alone. What goes wrong is an `EmnistError`.
 */
export type { Part, Split } from '../core/dataset/splits.ts';
export { EmnistError } from '../core/errors.ts';
export type {
  Architecture,
  ClassAccuracy,
  Confusion,
  EngineName,
  EvaluatedSource,
  EvaluateEvent,
  FetchEvent,
  ModelDescription,
  Prediction,
  TrainEvent,
} from '../core/events.ts';
export type { Recipe } from '../core/model/recipe.ts';
export type { RecognzeOptions as RecognizeOptions } from '../core/recognizer/recognize-options.ts';
export type { Drawing, Point, Stroke } from '../core/strokes/drawing.ts';
export { listModels } from './models.ts';
export { type LoadOptions, loadRecognizer, type RecognizedCharacter, type Recognizer } from './recognizer.ts';
export {
  type EvaluateOptions,
  evaluate,
  type FetchOptions,
  fetchDatasets,
  type TrainOptions,
  train,
} from './work.ts';
