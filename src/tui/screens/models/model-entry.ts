import { day, percent } from '../../../app/format.ts';
import type { ModelStatus, Status } from '../../../app/services.ts';
import { printable } from '../../../app/text-layout.ts';
import type { UnfinishedRun } from '../../../core/training/unfinished-runs.ts';

/** For models from other programs, and from versions that kept a different record. */
export const NO_RECORD = 'no training record';

/** What there is of a name: a model to use, one that cannot be used, or only an unfinished run. */
export interface ModelEntry {
  readonly name: string;
  readonly model?: ModelStatus;
  readonly run?: UnfinishedRun;
  /** Why it is unusable. */
  readonly problem?: string;
}

/** What is known about models and runs, as of a status. */
export type Known = Pick<Status, 'models' | 'unusable' | 'unfinished'>;

export const NOTHING_KNOWN: Known = { models: [], unusable: [], unfinished: [] };

/** All models, the unusable ones and mere runs after those that can be used, but before the built-in one. */
export function modelEntries({ models, unusable, unfinished }: Known): ModelEntry[] {
  const runOf = (name: string) => unfinished.find((run) => run.name === name);
  const usable = models.map((model): ModelEntry => ({ name: model.name, model, run: runOf(model.name) }));
  const broken = unusable.map(({ name, problem }): ModelEntry => ({ name, problem, run: runOf(name) }));
  const others = [...models, ...unusable];
  const runs = unfinished
    .filter(({ name }) => !others.some((other) => other.name === name))
    .map((run): ModelEntry => ({ name: run.name, run }));
  return [...usable.filter((entry) => !isBuiltIn(entry)), ...runs, ...broken, ...usable.filter(isBuiltIn)];
}

/** What the user has of a name; undefined if there is nothing. */
export function findOwn(name: string, known: Known): ModelEntry | undefined {
  return modelEntries(known).find((entry) => entry.name === name && !isBuiltIn(entry));
}

function isBuiltIn({ model }: ModelEntry): boolean {
  return model?.shipped === true;
}

/** `the model mine (digits, cnn, 98.7% validation accuracy, 2026-03-01)` */
export function entryText({ name, model, run, problem }: ModelEntry): string {
  const training = model?.training;
  const details = [
    ...(training
      ? [
          `${training.split}, ${training.architecture}`,
          `${percent(training.validationAccuracy)} validation accuracy`,
          day(training.date),
        ]
      : model
        ? [`${model.classes} classes, ${NO_RECORD}`]
        : []),
    ...(run ? [`unfinished: ${run.epochsDone} of ${run.epochs} epochs`] : []),
    ...(problem && !model ? ['cannot be read'] : []),
  ].join(', ');
  const isRunOnly = run && !model && problem === undefined;
  const text = `the ${isRunOnly ? 'unfinished run' : 'model'} ${printable(name)}`;
  return details ? `${text} (${details})` : text;
}
