import { fresh, pressing, type Scene, used } from './fixtures.ts';
import { training } from './train.ts';

export const APP_SCENES: Record<string, Scene> = {
  'home-fresh': { services: fresh, play: (app) => app.screen.waitForText(/Next:/) },
  'home-used': {
    services: used,
    play: pressing(/Next:/, ['down', 'down'], /[❯>] d/),
  },
  'home-failed': {
    services() {
      const services = fresh();
      services.status = async () => {
        services.statusCalls++;
        throw new Error('EACCES: permission denied, scandir "/home/user/.local/share/emnist-tui/models"');
      };
      return services;
    },
    play: (app) => app.screen.waitForText(/EACCES/),
  },
  help: { initialScreen: 'help', play: (app) => app.screen.waitForText(/Everywhere/) },
  'keys-models': { initialScreen: 'models', services: used, play: pressing(/balanced-vgg/, ['?'], /Keys: Models/) },
  'keys-training': {
    initialScreen: 'train',
    services: used,
    play: pressing(training, ['?'], /Keys: Train[\s\S]*35% . epoch 4/),
  },
  quit: {
    initialScreen: 'train',
    services: used,
    play: pressing(training, ['q'], /Quit\?/),
  },
  'shutting-down': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      const run = await training(app, services);
      run.onStop = () => {};
      app.press('ctrl+c');
      await app.screen.waitForText(/Shutting down/);
    },
  },
};
