import { afterEach, expect, test } from 'vitest';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { trainEpochEnd } from '../helpers/run-events.ts';
import { used } from './scenes/fixtures.ts';
import { resumedStart, training } from './scenes/train.ts';

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

test('keys switch the style, the scale, the range and the metric, and back', async () => {
  const services = used();
  app = openApp(services, { initialScreen: 'train' });
  await training(app, services);
  expect(app.screen.text()).toMatch(/Accuracy {2}── training[\s\S]*[⠁-⣿]/u);
  app.press('v');
  await app.screen.waitForText(/[╮╭╰╯]/);
  expect(app.screen.text()).not.toMatch(/[⠁-⣿]/u);
  app.press('y');
  await app.screen.waitForText(/Error, log .*Loss, log /);
  app.press('a');
  await app.screen.waitForText(/Learning rate, log .*Loss, log /);
  app.press('z');
  await app.screen.waitForText(/Learning rate, log, last 2 epochs .*Loss, log, last 2 epochs/);
  // Four letters at once would be text.
  app.press('y', 'a', 'z');
  await app.screen.waitForText(/Accuracy {2}── training.*Loss {2}── training/);
  app.press('v');
  await app.screen.waitForText(/Accuracy {2}── training.*Loss {2}── training[\s\S]*[⠁-⣿]/u);
});

test('the choice stays after the run and in the next one, until the app exits', async () => {
  const services = used();
  app = openApp(services, { initialScreen: 'train' });
  const run = await training(app, services);
  app.press('y');
  await app.screen.waitForText(/Loss, log/);
  run.push(trainEpochEnd(4), {
    ...{ event: 'end', reason: 'stopped', model: 'balanced-cnn', epochs: 4, seconds: 74.2 },
    validationAccuracy: 0.858,
  });
  run.end();
  await app.screen.waitForText(/Stopped\.[\s\S]*Loss, log/);
  // The keys work here too, and none of them is the menu's or starts another run.
  app.press('y', 'z', 'a');
  await app.screen.waitForText(/Stopped\.[\s\S]*Learning rate, last 2 epochs/);
});

test('a wide terminal shows three charts, and a high one the last epochs below the whole run', async () => {
  const services = used();
  app = openApp(services, { initialScreen: 'train', columns: 200, rows: 60 });
  await training(app, services);
  expect(app.screen.text()).toMatch(
    /Accuracy {2}─.*Loss {2}─.*Learning rate[\s\S]*Accuracy, last 2 epochs.*Loss, last 2 epochs.*Learning rate, last 2 epochs/,
  );
  app.press('z');
  await app.screen.waitForText(/Accuracy, last 2 epochs.*Loss, last 2 epochs[\s\S]*Accuracy {2}─.*Loss {2}─/);
});

test('the charts of a resumed run begin with its first epoch', async () => {
  const services = used();
  app = openApp(services, { initialScreen: 'train' });
  await app.screen.waitForText(/● balanced/);
  app.press('tab', 'down', 'down', 'left', 'up', 'up', 'left', 'enter', 'y');
  await app.screen.waitForText(/Loading images/);
  services.runs[0]!.push(resumedStart());
  // The fifth was better than the sixth.
  await app.screen.waitForText(/7\/10[\s\S]*best 86\.00% \(epoch 5\)[\s\S]*★[\s\S]* 0 +2 +4 +6 /);
});
