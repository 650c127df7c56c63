import type { ModelStatus } from '../../../src/app/services.ts';
import { fakeEvaluation, fakeModel, fakeUnfinishedRun } from '../../helpers/fake-status.ts';
import { BUILT_IN, FOREIGN_MODELS, pressing, type Scene, servicesWith } from './fixtures.ts';

/** How training went between the ends of epochs, as the history of a fake record says. */
function withCurve(model: ModelStatus): ModelStatus {
  const { training } = model;
  if (!training?.history) return model;
  const points = Array.from({ length: training.epochs * 16 }, (_, index) => Math.exp(-(index + 1) / 32));
  const noise = (index: number) => 0.02 * Math.sin(index * 2.4) * Math.cos(index * 0.7);
  const curve = {
    span: 1 / 16,
    loss: points.map((left, index) => 0.35 + left + noise(index) * 3),
    accuracy: points.map((left, index) => Math.min(1, 0.89 - 0.3 * left + noise(index))),
    learningRate: points.map(() => 0.001),
  };
  return { ...model, training: { ...training, curve } };
}

/** Models of all kinds, some of them measured. */
function measured() {
  const services = servicesWith(
    ['balanced', 'byclass', 'digits'],
    [
      fakeModel({
        default: true,
        evaluations: [fakeEvaluation(), fakeEvaluation({ characters: 'digits', images: 4000, accuracy: 0.9871 })],
      }),
      fakeModel({
        name: 'balanced-vgg',
        note: 'With dropout between the blocks; compare with the small one.',
        training: {
          ...{ architecture: 'vgg', epochs: 12, epochsAsked: 30, keptEpoch: 7, stoppedEarly: true, parent: 'shipped' },
          ...{ validationAccuracy: 0.8954, date: '2026-03-02T08:00:00.000Z' },
        },
        evaluations: [fakeEvaluation({ accuracy: 0.8921 })],
      }),
      fakeModel({
        name: 'digits-long',
        training: { split: 'digits', epochs: 3, epochsAsked: 10, validationAccuracy: 0.9934, limit: 20_000 },
        resumable: true,
      }),
      fakeModel({ name: 'keras', classes: 62, training: null }),
      BUILT_IN,
    ],
  );
  services.currentStatus.models = services.currentStatus.models.map(withCurve);
  services.currentStatus.models[1]!.training!.recipe = {
    ...services.currentStatus.models[1]!.training!.recipe,
    patience: 5,
  };
  return services;
}

const START = /[❯>] balanced-vgg/;

export const MODELS_SCENES: Record<string, Scene> = {
  models: {
    initialScreen: 'models',
    services: measured,
    play: pressing(START, ['down'], /[❯>] balanced-cnn/),
  },
  'models-unusable': {
    initialScreen: 'models',
    services() {
      const services = measured();
      const problem = '/home/user/.local/share/emnist-tui/models/broken/model.json is damaged: it is not JSON';
      services.currentStatus.unusable = [{ name: 'broken', path: '/home/user/broken', problem }];
      services.currentStatus.unfinished.push(fakeUnfinishedRun({ name: 'begun', epochsDone: 1 }));
      return services;
    },
    play: pressing(START, ['end', 'up'], /[❯>] broken/),
  },
  'models-by-test': {
    initialScreen: 'models',
    services: measured,
    play: pressing(START, ['s', 's', 's'], /Test (↓|v)/),
  },
  'models-preview': {
    initialScreen: 'models',
    services: measured,
    play: pressing(START, ['enter'], /Enter draw/),
  },
  'models-selected': {
    initialScreen: 'models',
    services: measured,
    play: pressing(
      START,
      ['space', 'down', 'space', 'down', 'down', 'space', 'down', 'space', 'up', 'up', 'space'],
      /At most 4/,
    ),
  },
  'models-overlay': {
    initialScreen: 'models',
    services: measured,
    play: pressing(
      START,
      ['space', 'down', 'space', 'down', 'down', 'space', 'down', 'space', 'enter'],
      /best accuracy/,
    ),
  },
  'models-overlay-loss': {
    initialScreen: 'models',
    services: measured,
    play: pressing(pressing(START, ['space', 'down', 'space', 'o'], /best accuracy/), ['v', 'y', 'a'], /best loss/),
  },
  'models-rename': {
    initialScreen: 'models',
    services: measured,
    play: pressing(START, ['n', 'backspace', 'backspace', 'backspace', 'c', 'n', 'n'], /already exists/),
  },
  'models-note': {
    initialScreen: 'models',
    services: measured,
    play: pressing(pressing(START, ['down', 'w'], /Note about balanced-cnn/), ['first try'], /first try/),
  },
  'models-export': {
    initialScreen: 'models',
    services: measured,
    play: pressing(START, ['x', 'up', 'tab'], /[❯>] To/),
  },
  'models-exported': {
    initialScreen: 'models',
    services: measured,
    play: pressing(START, ['x', 'enter'], /Exported/),
  },
  'models-delete': {
    initialScreen: 'models',
    services: measured,
    play: pressing(START, ['delete'], /Delete balanced-vgg\?/),
  },
  'models-wide-names': {
    initialScreen: 'models',
    services: () => servicesWith(['balanced'], FOREIGN_MODELS),
    play: (app) => app.screen.waitForText(/[❯>] (日本語|\?\?\?\?\?\?)/),
  },
};
