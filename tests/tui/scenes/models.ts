import { fakeUnfinishedRun } from '../../helpers/fake-services.ts';
import { FOREIGN_MODELS, type Scene, servicesWith, used } from './fixtures.ts';

export const MODELS_SCENES: Record<string, Scene> = {
  models: {
    initialScreen: 'models',
    services: used,
    async play(app) {
      await app.screen.waitForText(/[❯>] balanced-cnn/);
      app.press('down');
      await app.screen.waitForText(/[❯>] balanced-vgg/);
    },
  },
  'models-unusable': {
    initialScreen: 'models',
    services() {
      const services = used();
      const problem = '/home/user/.local/share/emnist-tui/models/broken/model.json is damaged: it is not JSON';
      services.currentStatus.unusable = [{ name: 'broken', path: '/home/user/broken', problem }];
      services.currentStatus.unfinished.push(fakeUnfinishedRun({ name: 'begun', epochsDone: 1 }));
      return services;
    },
    async play(app) {
      await app.screen.waitForText(/[❯>] balanced-cnn/);
      app.press('end', 'up');
      await app.screen.waitForText(/[❯>] broken/);
    },
  },
  'models-delete': {
    initialScreen: 'models',
    services: used,
    async play(app) {
      await app.screen.waitForText(/[❯>] balanced-cnn/);
      app.press('down', 'delete');
      await app.screen.waitForText(/Delete balanced-vgg\?/);
    },
  },
  'models-wide-names': {
    initialScreen: 'models',
    services: () => servicesWith(['balanced'], FOREIGN_MODELS),
    play: (app) => app.screen.waitForText(/[❯>] (日本語|\?\?\?\?\?\?)/),
  },
};
