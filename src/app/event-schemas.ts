import * as v from 'valibot';
import type { DatasetName } from '../core/dataset/dataset-name.ts';
import type { FetchEvent } from '../core/dataset/fetch-event.ts';
import { ownDetailsSchema } from '../core/dataset/own/own-manifest.ts';
import { PARTS } from '../core/dataset/splits.ts';
import { ENGINE_NAMES } from '../core/engine/engine.ts';
import { type EvaluateEvent, PIXEL_RANGES } from '../core/evaluation/evaluate-event.ts';
import { PRIORS } from '../core/evaluation/evaluate-options.ts';
import type { WaitingEvent } from '../core/files/lock-holder.ts';
import type { Box } from '../core/images/box.ts';
import { IMPORT_FORMATS, MODEL_FORMATS } from '../core/model/formats/model-formats.ts';
import { recipeSchema } from '../core/model/model.ts';
import { NAMED_PRIORS } from '../core/recognizer/character-prior.ts';
import type { DrawEvent } from '../core/server/draw-event.ts';
import type { LearnEvent } from '../core/training/learn-event.ts';
import type { TrainEvent } from '../core/training/train-event.ts';
import type {
  CleanEvent,
  CompletionEvent,
  DoctorEvent,
  ErrorEvent,
  ExportEvent,
  ImportEvent,
  ModelsEvent,
  PredictDebugEvent,
  PredictEvent,
  SamplesEvent,
  SchemaEvent,
  TextEvent,
} from './events.ts';
import type { CommandName } from './options/commands.ts';
import { SHELLS } from './options/shells.ts';

/** Merges intersections, and drops fields that can only be undefined, which JSON does not have. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { [Key in keyof T as [T[Key]] extends [undefined] ? never : Key]: Plain<T[Key]> }
    : T;
type IsSame<A, B> = (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;

/** Makes the compiler check that a schema and the type of an event match, field by field. */
function exactly<Event>() {
  return <S extends v.GenericSchema>(schema: IsSame<Event, v.InferOutput<S>> extends true ? S : never): S => schema;
}

/** The name of a data set. */
const split = v.string() as v.GenericSchema<DatasetName>;
const part = v.picklist(PARTS);
/** Schemas of fields that several events have; the description is in the JSON Schema. */
const architecture = v.pipe(v.string(), v.description('cnn, vgg, deep, or the name of a network of your own'));
const format = v.picklist(MODEL_FORMATS);
/** A number of images, bytes, and so on. */
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** A share or probability. */
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const rate = v.pipe(v.number(), v.minValue(0));
const predictions = v.array(v.strictObject({ label: v.string(), probability: share }));
const textCandidates = v.array(v.strictObject({ text: v.string(), probability: share }));

function event<const Name extends string, const Entries extends v.ObjectEntries>(name: Name, entries: Entries) {
  return v.strictObject({ event: v.literal(name), ...entries });
}

const fetchEvent = exactly<FetchEvent>()(
  v.union([
    event('start', { split, source: v.string() }),
    event('progress', { split, bytes: count, total: v.nullable(count), bytesPerSecond: rate }),
    event('waiting', {
      split,
      for: v.literal('process'),
      folder: v.string(),
      host: v.nullable(v.string()),
      process: v.nullable(count),
      since: v.nullable(v.string()),
      isRunning: v.boolean(),
    }),
    event('waiting', { split, for: v.literal('server'), host: v.string(), seconds: rate }),
    event('waiting', { split, for: v.literal('retry'), host: v.string(), seconds: rate, reason: v.string() }),
    event('waiting', { split, for: v.literal('files'), work: v.picklist(['extracting', 'checking', 'saving']) }),
    event('end', {
      split,
      trainImages: count,
      testImages: count,
      bytes: count,
      own: v.optional(ownDetailsSchema),
    }),
  ]),
);

const waitingEvent = exactly<WaitingEvent>()(
  event('waiting', { host: v.nullable(v.string()), process: v.nullable(count), since: v.nullable(v.string()) }),
);

const trainingEpoch = {
  epoch: count,
  loss: v.number(),
  accuracy: share,
  validationLoss: v.number(),
  validationAccuracy: share,
  seconds: rate,
  imagesPerSecond: rate,
};
const points = v.array(v.nullable(v.number()));
const history = v.array(v.strictObject(trainingEpoch));
const curve = v.strictObject({ span: rate, loss: points, accuracy: points, learningRate: points });

/** Fields that events of training and of learning have in common. */
const trainingStart = {
  engine: v.picklist(ENGINE_NAMES),
  device: v.string(),
  threads: count,
  parameters: count,
  trainImages: count,
  validationImages: count,
  rejectImages: v.optional(count),
  classes: count,
  model: v.string(),
  epochs: count,
  epochsDone: count,
  history: v.optional(history),
  curve: v.optional(curve),
};
const trainingBatch = event('batch', {
  epoch: count,
  batch: count,
  batches: count,
  loss: v.number(),
  accuracy: share,
  learningRate: rate,
  imagesPerSecond: rate,
});
const trainingValidation = event('validation', { epoch: count, images: count, total: count, imagesPerSecond: rate });
const trainingEnd = v.picklist(['completed', 'stopped', 'interrupted']);

const trainEvent = exactly<TrainEvent>()(
  v.union([
    waitingEvent,
    event('start', { split, architecture, from: v.optional(v.string()), ...trainingStart }),
    event('head', { images: count, total: count, accuracy: v.nullable(share) }),
    trainingBatch,
    trainingValidation,
    event('epoch', trainingEpoch),
    event('paused', { epoch: count }),
    event('resumed', { epoch: count }),
    event('end', {
      reason: trainingEnd,
      model: v.nullable(v.string()),
      epochs: count,
      seconds: rate,
      validationAccuracy: v.nullable(share),
      stoppedEarly: v.optional(v.literal(true)),
    }),
  ]),
);

const comparison = v.strictObject({ before: v.nullable(share), after: v.nullable(share), count });
const learnEvent = exactly<LearnEvent>()(
  v.union([
    waitingEvent,
    event('start', {
      split: v.nullable(split),
      architecture: v.nullable(architecture),
      ...trainingStart,
      from: v.string(),
      samples: count,
      heldOut: count,
      newLabels: v.array(v.string()),
      replay: v.string(),
    }),
    trainingBatch,
    trainingValidation,
    event('epoch', { ...trainingEpoch, ownAccuracy: v.nullable(share), generalAccuracy: v.nullable(share) }),
    event('end', {
      reason: trainingEnd,
      model: v.nullable(v.string()),
      from: v.string(),
      samples: count,
      own: comparison,
      general: comparison,
      accepted: v.boolean(),
      seconds: rate,
    }),
  ]),
);

const evaluationStart = { model: v.string(), images: count };
const evaluationEnd = {
  ...evaluationStart,
  accuracy: share,
  top5Accuracy: share,
  loss: v.number(),
  calibrationError: share,
  prior: v.nullable(v.picklist(PRIORS)),
  perClass: v.array(v.strictObject({ label: v.string(), images: count, accuracy: share })),
  confusions: v.array(v.strictObject({ truth: v.string(), predicted: v.string(), count })),
  restrictedTo: v.optional(v.string()),
  merged: v.optional(v.string()),
  unknown: v.optional(v.string()),
  restrictedToLabels: v.optional(v.array(v.string())),
  mergedLabels: v.optional(v.array(v.string())),
  unknownLabels: v.optional(v.array(v.string())),
  notKept: v.optional(v.string()),
  mistakes: v.optional(v.strictObject({ path: v.string(), images: count })),
};
const ofSplit = { split, part };
const ofStrokes = { split: v.null(), part: v.null(), strokes: v.string() };
const evaluateEvent = exactly<EvaluateEvent>()(
  v.union([
    event('start', { ...evaluationStart, ...ofSplit }),
    event('start', { ...evaluationStart, ...ofStrokes }),
    event('progress', { images: count, total: count, imagesPerSecond: rate }),
    event('end', { ...evaluationEnd, ...ofSplit }),
    event('end', { ...evaluationEnd, ...ofStrokes }),
  ]),
);

const box = v.strictObject({ left: count, top: count, right: count, bottom: count }) as v.GenericSchema<Box>;
const placeOfText = { strokes: v.optional(v.array(count)), box: v.optional(box) };

const predictEvent = exactly<PredictEvent | TextEvent | PredictDebugEvent>()(
  v.union([
    event('text', {
      source: v.string(),
      index: count,
      text: v.string(),
      candidates: textCandidates,
      characters: v.array(v.strictObject({ label: v.string(), probability: share, ...placeOfText })),
      words: v.array(v.strictObject({ text: v.string(), candidates: textCandidates, ...placeOfText })),
      model: v.string(),
    }),
    event('prediction', {
      source: v.string(),
      index: count,
      predictions,
      noCharacter: v.optional(share),
      model: v.string(),
      orientation: v.optional(v.picklist(['upright', 'transposed'])),
      orientationFrom: v.optional(v.picklist(['given', 'detected', 'assumed'])),
    }),
    event('debug', { source: v.string(), files: v.array(v.string()) }),
  ]),
);

const reader = { model: v.string(), labels: v.array(v.string()) };

const drawEvent = exactly<DrawEvent>()(
  v.union([
    event('listening', { url: v.string(), ...reader, split: v.nullable(split) }),
    event('model', { ...reader, split: v.nullable(split) }),
    event('client', { clients: count }),
    event('prediction', {
      client: count,
      strokes: count,
      predictions,
      noCharacter: v.optional(share),
      milliseconds: rate,
      ...reader,
      notice: v.optional(v.picklist(['several-characters', 'no-character', 'not-sure'])),
      characters: v.optional(v.string()),
      prior: v.optional(v.picklist(NAMED_PRIORS)),
      adaptedTo: v.optional(count),
    }),
    event('sample', {
      client: v.nullable(count),
      label: v.string(),
      samples: count,
      removed: v.optional(v.literal(true)),
    }),
    event('text', {
      client: count,
      strokes: count,
      text: v.string(),
      candidates: textCandidates,
      characters: v.array(v.strictObject({ label: v.string(), probability: share, strokes: v.array(count) })),
      words: v.array(v.strictObject({ text: v.string(), candidates: textCandidates, strokes: v.array(count) })),
      milliseconds: rate,
      model: v.string(),
    }),
    event('accepted', { client: count, text: v.string() }),
  ]),
);

const samplesEvent = exactly<SamplesEvent>()(
  event('end', {
    samples: count,
    labels: v.array(v.strictObject({ label: v.string(), count })),
    path: v.string(),
    exported: v.optional(v.strictObject({ path: v.string(), bytes: count })),
    imported: v.optional(v.strictObject({ path: v.string(), samples: count, duplicates: count, unlabeled: count })),
    deleted: v.optional(count),
  }),
);

const modelsEvent = exactly<ModelsEvent>()(
  v.union([
    event('model', {
      name: v.string(),
      shipped: v.boolean(),
      default: v.boolean(),
      path: v.string(),
      split: v.nullable(split),
      architecture: v.nullable(architecture),
      parent: v.nullable(v.string()),
      classes: v.nullable(count),
      parameters: v.nullable(count),
      epochs: v.nullable(count),
      epochsAsked: v.nullable(count),
      keptEpoch: v.nullable(count),
      stoppedEarly: v.nullable(v.boolean()),
      batchSize: v.nullable(count),
      recipe: v.nullable(v.strictObject(recipeSchema.entries)),
      seed: v.nullable(count),
      limit: v.nullable(count),
      trainImages: v.nullable(count),
      validationAccuracy: v.nullable(share),
      validationImages: v.nullable(count),
      seconds: v.nullable(rate),
      device: v.nullable(v.string()),
      date: v.nullable(v.string()),
      history: v.nullable(history),
      curve: v.nullable(curve),
      note: v.string(),
      evaluations: v.array(
        v.strictObject({
          split: v.nullable(v.string()),
          part: v.nullable(part),
          strokes: v.optional(v.string()),
          characters: v.string(),
          prior: v.optional(v.nullable(v.picklist(PRIORS))),
          images: count,
          accuracy: share,
          top5Accuracy: share,
          loss: v.number(),
          date: v.string(),
        }),
      ),
      resumable: v.boolean(),
      unfinished: v.nullable(
        v.strictObject({
          split,
          architecture,
          epochsDone: count,
          epochs: count,
          date: v.string(),
          running: v.boolean(),
          history,
          curve: v.nullable(curve),
        }),
      ),
      problem: v.nullable(v.string()),
    }),
    event('end', {
      models: count,
      chosen: v.optional(v.string()),
      renamed: v.optional(v.strictObject({ from: v.string(), to: v.string() })),
      noted: v.optional(v.strictObject({ model: v.string(), note: v.string() })),
      deleted: v.optional(v.nullable(v.string())),
      problem: v.optional(v.string()),
    }),
  ]),
);

const exportEvent = exactly<ExportEvent>()(event('end', { format, model: v.string(), path: v.string(), bytes: count }));

const howKnown = v.picklist(['given', 'recorded', 'detected', 'assumed']);
const importEvent = exactly<ImportEvent>()(
  event('end', {
    model: v.string(),
    path: v.string(),
    format: v.picklist(IMPORT_FORMATS),
    classes: count,
    labels: v.string(),
    classLabels: v.array(v.string()),
    leftOut: v.optional(v.array(count)),
    transposed: v.boolean(),
    orientation: howKnown,
    pixels: v.strictObject({ range: v.picklist(PIXEL_RANGES), inverted: v.boolean(), how: howKnown }),
    labelOrder: v.strictObject({
      order: v.string(),
      how: howKnown,
      better: v.optional(v.strictObject({ order: v.string(), labels: v.string(), accuracy: share })),
    }),
    layers: v.optional(v.literal('inferred')),
    trial: v.optional(
      v.strictObject({
        split,
        images: count,
        upright: share,
        transposed: share,
        pixels: v.array(v.strictObject({ range: v.picklist(PIXEL_RANGES), inverted: v.boolean(), accuracy: share })),
        labelOrders: v.array(v.strictObject({ order: v.string(), accuracy: share })),
      }),
    ),
  }),
);

const cleanEvent = exactly<CleanEvent>()(
  event('end', { freed: count, removed: v.array(v.string()), dryRun: v.optional(v.boolean()) }),
);

const doctorEvent = exactly<DoctorEvent>()(
  v.union([
    event('check', {
      name: v.string(),
      state: v.picklist(['ok', 'absent', 'broken']),
      message: v.string(),
      hint: v.optional(v.string()),
    }),
    event('end', { broken: count }),
  ]),
);

const schemaEvent = exactly<SchemaEvent>()(event('end', { schema: v.record(v.string(), v.unknown()) }));

const completionEvent = exactly<CompletionEvent>()(event('end', { shell: v.picklist(SHELLS), script: v.string() }));

export const errorEvent = exactly<ErrorEvent>()(
  event('error', {
    // Core has the codes only as a type; a front end, which has a table of them, adds them to the JSON Schema.
    code: v.string() as v.GenericSchema<ErrorEvent['code']>,
    message: v.string(),
    hint: v.string(),
    data: v.record(v.string(), v.unknown()),
    source: v.optional(v.string()),
  }),
);

/** The events of each command, besides `error`, which any can print. */
export const EVENT_SCHEMAS = {
  fetch: fetchEvent,
  train: trainEvent,
  learn: learnEvent,
  evaluate: evaluateEvent,
  predict: predictEvent,
  draw: drawEvent,
  samples: v.union([waitingEvent, samplesEvent]),
  models: modelsEvent,
  export: exportEvent,
  import: v.union([waitingEvent, importEvent]),
  clean: v.union([waitingEvent, cleanEvent]),
  doctor: doctorEvent,
  schema: schemaEvent,
  completion: completionEvent,
} as const satisfies Record<CommandName, v.GenericSchema>;
