import { fakeUnfinishedRun } from '../../helpers/fake-status.ts';
import { FOREIGN_MODELS, pressing, type Scene, servicesWith, used } from './fixtures.ts';

export const MODELS_SCENES: Record<string, Scene> = {
  models: {
    initialScreen: 'models',
    services: used,
    play: pressing(/[❯>] balanced-cnn/, ['down'], /[❯>] balanced-vgg/),
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
    play: pressing(/[❯>] balanced-cnn/, ['end', 'up'], /[❯>] broken/),
  },
  'models-delete': {
    initialScreen: 'models',
    services: used,
    play: pressing(/[❯>] balanced-cnn/, ['down', 'delete'], /Delete balanced-vgg\?/),
  },
  'models-wide-names': {
    initialScreen: 'models',
    services: () => servicesWith(['balanced'], FOREIGN_MODELS),
    play: (app) => app.screen.waitForText(/[❯>] (日本語|\?\?\?\?\?\?)/),
  },
};
