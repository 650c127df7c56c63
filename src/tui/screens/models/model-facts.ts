import path from 'node:path';
import { count, counted, day, duration, images, percent } from '../../../app/format.ts';
import type { ModelStatus } from '../../../app/services.ts';
import { printable } from '../../../app/text-layout.ts';
import { describeHolder } from '../../../core/files/lock.ts';
import type { TrainingRecord } from '../../../core/model/model.ts';
import type { EvaluationRecord } from '../../../core/model/notes-file.ts';
import type { Recipe } from '../../../core/model/recipe.ts';
import type { Fact } from '../../components/facts.ts';
import { type ModelEntry, NO_RECORD } from './model-entry.ts';
import { parameterCount } from './network-lines.ts';

/** What the settings of a recipe are called. */
export const SETTING_NAMES: Readonly<Record<keyof Recipe, string>> = {
  optimizer: 'optimizer',
  learningRate: 'learning rate',
  schedule: 'schedule',
  weightDecay: 'weight decay',
  augment: 'augmentation',
  balance: 'class balance',
  labelSmoothing: 'label smoothing',
  reject: 'no character',
  averaging: 'averaging',
  patience: 'patience',
};

/** All that is known about an entry of the list, the most important first. */
export function entryFacts(entry: ModelEntry): Fact[] {
  const { name, model, run, problem } = entry;
  const unfinished = run ? [{ name: 'Training', text: runText(run) }] : [];
  if (problem !== undefined)
    return [{ text: `${printable(name)} cannot be used: ${printable(problem)}` }, ...unfinished];
  if (!model) return [{ text: 'No model yet.' }, ...unfinished];
  return [
    ...(model.note ? [{ name: 'Note', text: printable(model.note) }] : []),
    ...unfinished,
    ...(model.training ? measuredFacts(model, model.training) : [{ name: 'Training', text: NO_RECORD }]),
    ...(model.training ? [] : testFacts(model)),
    { name: 'Network', text: networkText(model) },
    ...(model.training ? recordFacts(model.training) : []),
  ];
}

function runText({ holder, epochsDone, epochs }: NonNullable<ModelEntry['run']>): string {
  if (holder) return `It is being trained by ${describeHolder(holder)}.`;
  return `It was interrupted after ${epochsDone} of ${counted(epochs, 'epoch')}. Press r to resume it.`;
}

function measuredFacts(model: ModelStatus, training: TrainingRecord): Fact[] {
  const { validationAccuracy, validationImages } = training;
  return [
    ...testFacts(model),
    { name: 'Validation', text: `${percent(validationAccuracy)} of ${count(validationImages)} held-out images` },
    { name: 'Kept', text: keptText(training) },
  ];
}

function testFacts({ training, evaluations }: ModelStatus): Fact[] {
  if (evaluations.length === 0) return [{ name: 'Test', text: 'not measured yet: press e' }];
  return evaluations.map((evaluation, index) => ({
    name: index === 0 ? 'Test' : '',
    text: evaluationText(evaluation, training?.split),
  }));
}

/**
 * `86.3% of 18,800 test images, 2026-03-03`.
 *
 * @param ownSplit what the model was trained on, which goes without saying
 */
function evaluationText(
  { accuracy, images: size, split, part, strokes, characters, date }: EvaluationRecord,
  ownSplit: string | undefined,
): string {
  const measured =
    strokes === undefined
      ? `${part === 'train' ? 'training' : 'test'} images${split === ownSplit ? '' : ` of ${split}`}`
      : `drawings of ${path.basename(strokes)}`;
  const only = characters === 'all' ? '' : `, only ${characters}`;
  return `${percent(accuracy)} of ${count(size)} ${printable(measured + only)}, ${day(date)}`;
}

/** Which epoch the weights are from, and why. */
export function keptText({ keptEpoch, epochs, epochsAsked, stoppedEarly, recipe }: TrainingRecord): string {
  const which = `epoch ${keptEpoch} of ${epochs}`;
  if (stoppedEarly) {
    const waited = counted(epochs - keptEpoch, 'epoch');
    return `${which}: best validation accuracy; stopped early after ${waited} without a better one`;
  }
  if (recipe.patience > 0) return `${which}: best validation accuracy`;
  return epochs < epochsAsked ? `epoch ${keptEpoch} of ${epochsAsked}: last completed epoch` : `${which}: last epoch`;
}

function networkText({ training, layers, classes }: ModelStatus): string {
  const name = training ? `${printable(training.architecture)}, ` : '';
  return `${name}${counted(parameterCount(layers), 'parameter')}, ${classes} classes`;
}

function recordFacts(training: TrainingRecord): Fact[] {
  const { parent, engine, seconds, date, version } = training;
  return [
    { name: 'Trained on', text: dataText(training) },
    ...(parent === undefined ? [] : [{ name: 'From', text: printable(parent) }]),
    { name: 'Recipe', text: recipeText(training) },
    { name: 'Time', text: `${duration(seconds)} for ${counted(training.epochs, 'epoch')}, until ${day(date)}` },
    { name: 'Device', text: printable(engine) },
    { name: 'Version', text: printable(version) },
  ];
}

/** What a model was trained on: the split, how many images of what kind, and which. */
function dataText(training: TrainingRecord): string {
  const { split, trainImages, validationImages, strokeImages, rejectImages, samples, limit, seed } = training;
  return [
    `${printable(split)}: ${images(trainImages)}`,
    ...(strokeImages > 0 ? [`${count(strokeImages)} of them drawings`] : []),
    ...(samples === undefined ? [] : [`${counted(samples, 'sample')} of yours`]),
    ...(rejectImages > 0 ? [`${count(rejectImages)} of no character in addition`] : []),
    `${count(validationImages)} held out`,
    ...(limit === null ? [] : [`limited to ${count(limit)}`]),
    `seed ${seed}`,
  ].join(', ');
}

/** The settings that are not off. */
function recipeText({ recipe, batchSize }: TrainingRecord): string {
  const { optimizer, learningRate, schedule, ...strengths } = recipe;
  return [
    `${optimizer}, learning rate ${learningRate} (${schedule})`,
    `batches of ${batchSize}`,
    ...Object.entries(strengths)
      .filter(([, value]) => value !== 0)
      .map(([setting, value]) => `${SETTING_NAMES[setting as keyof Recipe]} ${value}`),
  ].join(', ');
}
