import type { AppTerminal } from '../../helpers/app-terminal.ts';
import type { FakeServices } from '../../helpers/fake-services.ts';
import { trainEpoch, trainEpochEnd, trainStart } from '../../helpers/run-events.ts';
import { BUILT_IN, fresh, pressing, type Scene, servicesWith, used } from './fixtures.ts';

const batches = (epoch: number) => trainEpoch(epoch, 40, 794);

/** Plays a training run up to the middle of its fourth epoch. */
export async function training(app: AppTerminal, { runs }: FakeServices) {
  await app.screen.waitForText(/(●|\(\*\)) balanced/);
  app.press('tab', 'down', 'down', 'left', 'up', 'up', 'left', 'enter', 'y');
  await app.screen.waitForText(/Loading images/);
  const run = runs[0]!;
  run.push(trainStart({ trainImages: 101_520, validationImages: 11_280 }));
  for (let epoch = 1; epoch <= 3; epoch++) run.push(...batches(epoch), trainEpochEnd(epoch));
  run.push(...batches(4).slice(0, 20));
  await app.screen.waitForText(/397\/794/);
  return run;
}

export const TRAIN_SCENES: Record<string, Scene> = {
  'train-form': {
    initialScreen: 'train',
    services: used,
    play: (app) => app.screen.waitForText(/(●|\(\*\)) balanced[\s\S]*Takes/),
  },
  'train-form-new': {
    initialScreen: 'train',
    services: used,
    play: pressing(/(●|\(\*\)) balanced/, ['keras'], /Replaces the model keras[\s\S]*Takes/),
  },
  'train-form-network': {
    initialScreen: 'train',
    services: () => servicesWith(['digits'], [BUILT_IN]),
    async play(app) {
      await app.screen.waitForText(/(●|\(\*\)) digits/);
      app.press('tab', 'right', 'right', 'tab');
      app.paste("'/home/user/my networks/lenet-5.json'");
      await app.screen.waitForText(/lenet-5\.json[\s\S]*digits-lenet-5[\s\S]*Takes/);
    },
  },
  'train-form-invalid': {
    initialScreen: 'train',
    services: () => servicesWith(['digits'], [BUILT_IN]),
    play: pressing(/(●|\(\*\)) digits/, ['my model'], /invalid model name[\s\S]*Takes/),
  },
  'train-replace': {
    initialScreen: 'train',
    services: used,
    play: pressing(/(●|\(\*\)) balanced/, ['balanced-cnn', 'enter'], /Replace balanced-cnn\?/),
  },
  'train-waiting': {
    initialScreen: 'train',
    services: used,
    async play(app, { runs }) {
      await app.screen.waitForText(/(●|\(\*\)) balanced/);
      app.press('enter');
      await app.screen.waitForText(/Loading images/);
      runs[0]!.push({ event: 'waiting', host: 'far.example', process: 4711, since: null });
      await app.screen.waitForText(/process 4711 on far\.example/);
    },
  },
  'train-form-empty': { initialScreen: 'train', services: fresh, play: (app) => app.screen.waitForText(/Next:/) },
  'train-running': { initialScreen: 'train', services: used, play: training },
  'train-validating': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      const run = await training(app, services);
      run.push({ event: 'validation', epoch: 4, images: 4_096, total: 11_280, imagesPerSecond: 11_800 });
      await app.screen.waitForText(/11,800 images\/s/);
    },
  },
  'train-paused': {
    initialScreen: 'train',
    services: used,
    play: pressing(training, ['space'], /paused/),
  },
  'train-stop': {
    initialScreen: 'train',
    services: used,
    play: pressing(training, ['x'], /Stop the training run\?/),
  },
  /** With a training run in the background. */
  'home-training': {
    initialScreen: 'train',
    services: used,
    play: pressing(training, ['escape'], /Next:[\s\S]*balanced-cnn . 35% . epoch 4/),
  },
  'models-training-done': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      const run = await training(app, services);
      app.press('m');
      await app.screen.waitForText(/[❯>] balanced-cnn/);
      run.push({
        ...{ event: 'end', reason: 'completed', model: 'balanced-cnn', epochs: 4, seconds: 74.2 },
        validationAccuracy: 0.858,
      });
      run.end();
      await app.screen.waitForText(/done: 85\.8%/);
    },
  },
  'train-done': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      const run = await training(app, services);
      run.push(...batches(4).slice(20), trainEpochEnd(4), {
        ...{ event: 'end', reason: 'stopped', model: 'balanced-cnn', epochs: 4, seconds: 74.2 },
        validationAccuracy: 0.858,
      });
      run.end();
      await app.screen.waitForText(/Stopped\./);
    },
  },
  'train-failed': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      const run = await training(app, services);
      run.end(new Error('ENOSPC: no space left on device'));
      await app.screen.waitForText(/ENOSPC/);
    },
  },
};
