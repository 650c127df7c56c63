import type { AppTerminal } from '../../helpers/app-terminal.ts';
import type { FakeServices } from '../../helpers/fake-services.ts';
import { type Scene, used } from './fixtures.ts';

async function evaluating(app: AppTerminal, { evaluations }: FakeServices) {
  await app.screen.waitForText(/Test images are never/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  const { feed } = evaluations[0]!;
  feed.push(
    { event: 'start', split: 'balanced', part: 'test', model: 'balanced-cnn', images: 18_800 },
    { event: 'progress', images: 9_216, total: 18_800, imagesPerSecond: 21_340 },
  );
  await app.screen.waitForText(/9,216 of 18,800/);
  return feed;
}

export const EVALUATE_SCENES: Record<string, Scene> = {
  'evaluate-form': {
    initialScreen: 'evaluate',
    services: used,
    play: (app) => app.screen.waitForText(/Takes[\s\S]*Test images are never/),
  },
  'evaluate-running': { initialScreen: 'evaluate', services: used, play: evaluating },
  'evaluate-done': {
    initialScreen: 'evaluate',
    services: used,
    async play(app, services) {
      const feed = await evaluating(app, services);
      feed.push({
        ...{ event: 'end', split: 'balanced', part: 'test', model: 'balanced-cnn', images: 18_800 },
        ...{ accuracy: 0.8631, top5Accuracy: 0.9892, loss: 0.4128, calibrationError: 0.0123, prior: 'uniform' },
        perClass: [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt'].map((label, index) => ({
          label,
          images: 400,
          accuracy: 0.5 + ((index * 37) % 47) / 100,
        })),
        confusions: [...'O0 L1 q9 F f I1 1L g9 2Z 5S'.replace(/ /g, '')]
          .slice(0, 18)
          .map((truth, index, all) => ({ truth, predicted: all[(index + 1) % all.length]!, count: 203 - 9 * index })),
      });
      feed.end();
      await app.screen.waitForText(/Worst classes/);
    },
  },
};
