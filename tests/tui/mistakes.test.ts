import { afterEach, describe, expect, test } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import type { Mistake } from '../../src/core/evaluation/mistake.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { type EvaluationEnd, fakeEvaluation, fakeMistakes, fakeNeighbors } from '../helpers/fake-evaluation.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeModel, fakeStatus } from '../helpers/fake-status.ts';

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

/** Shows the result of an evaluation. */
async function evaluated({
  services = new FakeServices(fakeStatus({ present: ['balanced'], models: [fakeModel()] })),
  end = fakeEvaluation(),
  mistakes = fakeMistakes(end),
  size = { columns: 80, rows: 24 },
}: {
  services?: FakeServices;
  end?: EvaluationEnd;
  mistakes?: Mistake[];
  size?: { columns: number; rows: number };
} = {}) {
  app = openApp(services, { initialScreen: 'evaluate', ...size });
  await app.screen.waitForText(/● balanced-cnn/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  const { feed, onMistake } = services.evaluations[0]!;
  for (const mistake of mistakes) onMistake!(mistake);
  feed.push(end);
  feed.end();
  await app.screen.waitForText(/❯ 1 .* 71\.5% +286 +400/);
  return services;
}

/** Shows the mistakes of the most frequent confusion. */
async function mistakesShown(services?: FakeServices) {
  const used = await evaluated({ services });
  app.press('tab', 'enter');
  await app.screen.waitForText(/0 read as O .* 1 of 160 /);
  return used;
}

test('without mistakes, the confusion matrix names no key that would do nothing', async () => {
  const services = new FakeServices(fakeStatus({ present: ['balanced'], models: [fakeModel()] }));
  app = openApp(services, { initialScreen: 'evaluate' });
  await app.screen.waitForText(/● balanced-cnn/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  const end = fakeEvaluation();
  const perClass = end.perClass.map((one) => ({ ...one, accuracy: 1 }));
  services.evaluations[0]!.feed.push({ ...end, perClass, confusions: [], accuracy: 1 });
  services.evaluations[0]!.feed.end();
  await app.screen.waitForText(/Every image was read correctly/);
  app.press('h');
  await app.screen.waitForText(/0 read correctly: 400 of 400/);
  expect(app.screen.lines().at(-1)).toMatch(/Left\/Right move {3}Esc back/);
});

describe('the result of an evaluation', () => {
  test('lists classes by their share of errors, with a bar relative to the worst', async () => {
    await evaluated();
    const bars = [...app.screen.text().matchAll(/^ ..\w (█+)[▏▎▍▌▋▊▉]? +\d+\.\d% +\d+ +400/gmu)].map(
      ([, bar]) => bar!.length,
    );
    expect(bars[0]).toBe(11);
    expect(bars).toEqual(bars.toSorted((a, b) => b - a));
    expect(bars.at(-1)).toBeLessThan(4);
  });

  test('Left, Right and Tab switch between the lists, which keep their cursors; Enter opens the mistakes', async () => {
    await evaluated();
    app.press('down', 'right', 'down', 'down');
    await app.screen.waitForText(/❯ I read as L/);
    app.press('left');
    await app.screen.waitForText(/❯ 9 /);
    app.press('enter');
    await app.screen.waitForText(/Mistakes: 9 [\s\S]*9 read as \w .* 1 of 234 /);
    app.press('escape');
    await app.screen.waitForText(/❯ 9 /);
    app.press('tab', 'enter');
    await app.screen.waitForText(/Mistakes: I read as L[\s\S]*1 of 138 /);
  });

  test('classes that the model lacks are not listed', async () => {
    const end = fakeEvaluation();
    const unknown = { ...end, unknown: '9', unknownLabels: ['9'] };
    await evaluated({ end: unknown });
    expect(app.screen.text()).not.toMatch(/^ ..9 |9 read as/m);
    expect(app.screen.text()).toMatch(/Counted as errors, because the model has no class for them: 9/);
  });

  test('another evaluation starts with new cursors', async () => {
    const services = await evaluated();
    app.press('down', 'r');
    await app.screen.waitForText(/● balanced-cnn/);
    app.press('enter');
    await app.screen.waitForText(/Loading images/);
    services.evaluations[1]!.feed.push(fakeEvaluation());
    services.evaluations[1]!.feed.end();
    await app.screen.waitForText(/❯ 1 /);
    app.press('enter');
    await app.screen.waitForText(/None of these images was kept/);
  });
});

describe('the confusion matrix', () => {
  test('starts at the most frequent confusion; the arrows move; Enter opens the mistakes of a cell', async () => {
    await evaluated();
    app.press('h');
    await app.screen.waitForText(/Confusion matrix[\s\S]*❯ 0 [\s\S]*0 read as O: 160 of 400 \(40\.0%\)/);
    app.press('down', 'left');
    await app.screen.waitForText(/❯ 1 [\s\S]*1 read as N: 0 of 400 \(0\.0%\)/);
    // There is nothing to open here.
    app.press('enter', 'tab');
    await app.screen.waitForText(/0 read as O: 160/);
    app.press('tab');
    await app.screen.waitForText(/1 read as I: 149 of 400/);
    app.press('shift+tab', 'shift+tab');
    await app.screen.waitForText(/: 1 of 400/);
    app.press('tab', 'enter');
    await app.screen.waitForText(/Mistakes: 0 read as O[\s\S]*1 of 160 /);
    app.press('escape');
    await app.screen.waitForText(/Confusion matrix[\s\S]*0 read as O: 160/);
    app.press('escape');
    await app.screen.waitForText(/Worst classes/);
  });

  test('a cell on the diagonal opens all mistakes of its class', async () => {
    await evaluated();
    app.press('h', 'home');
    await app.screen.waitForText(/0 read correctly: 234 of 400 \(58\.5%\)/);
    app.press('enter');
    await app.screen.waitForText(/Mistakes: 0 [\s\S]*1 of 166 /);
  });

  test('scrolls to the cursor', async () => {
    await evaluated();
    app.press('h', 'G', 'end');
    await app.screen.waitForText(/❯ t [\s\S]*t read correctly[\s\S]*rows 32-47 of 47/);
    app.press('pageUp');
    await app.screen.waitForText(/❯ [a-zA-Z] [\s\S]*read as t/);
    app.press('g');
    await app.screen.waitForText(/❯ 0 [\s\S]*0 read as t[\s\S]*rows 1-16 of 47/);
  });
});

describe('mistakes', () => {
  test('are shown one at a time, the surest first, with probabilities', async () => {
    await mistakesShown();
    expect(app.screen.text()).toMatch(/O █+░* +95\.0%/);
    const sure = () => Number(/O █+\S* +(\d+\.\d)%/.exec(app.screen.text())![1]);
    const first = sure();
    app.press('right', 'down');
    await app.screen.waitForText(/ 3 of 160 /);
    expect(sure()).toBeLessThan(first);
    app.press('left');
    await app.screen.waitForText(/ 2 of 160 /);
    app.press('G');
    await app.screen.waitForText(/ 160 of 160 /);
    expect(sure()).toBeLessThan(60);
    app.press('down', 'home', 'up');
    await app.screen.waitForText(/ 1 of 160 /);
  });

  test('training images that resemble one are searched in the background, until another one is shown', async () => {
    const services = new FakeServices(fakeStatus({ present: ['balanced'], models: [fakeModel()] }));
    services.fakeNeighbors = null;
    await mistakesShown(services);
    await app.screen.waitForText(
      /Closest training images of 0\n.*Loading…[\s\S]*Closest training images of O\n.*Loading…/,
    );
    services.fakeNeighbors = fakeNeighbors;
    app.press('down');
    await app.screen.waitForText(/Closest training images of 0\n(?![\s\S]*Loading)[\s\S]*[⠁-⣿]{3}/);
    const [first, second] = services.neighborQueries;
    expect(first!.signal.aborted).toBe(true);
    expect(second!.query).toMatchObject({ model: 'balanced-cnn', split: 'balanced', labels: ['0', 'O'] });
    app.press('escape');
    await app.screen.waitForText(/Worst classes/);
  });

  test('an error of the search does not hide the image', async () => {
    const services = new FakeServices(fakeStatus({ present: ['balanced'], models: [fakeModel()] }));
    services.fakeNeighbors = () => {
      throw new Error('the disk is gone');
    };
    await mistakesShown(services);
    await app.screen.waitForText(/No training images: the disk is gone/);
  });

  test('s saves one, and asks before it overwrites a file', async () => {
    const services = await mistakesShown();
    services.saveError = new EmnistError('file-exists', 'it exists', { path: 'x.png' });
    app.press('s');
    await app.screen.waitForText(/Save this image as\s[\s\S]*000000-0-as-upper-O\.png/);
    // Letters are text here, so no key of the menu is offered.
    expect(app.screen.text()).toMatch(/\n Enter save {3}Esc cancel\s*$/);
    app.press('ctrl+u', 'x.png', 'enter');
    await app.screen.waitForText(/Overwrite the file\?[\s\S]*x\.png already exists/);
    app.press('n');
    await app.screen.waitForText(/Save this image as\s[\s\S]*x\.png/);
    app.press('enter');
    await app.screen.waitForText(/Overwrite the file\?/);
    app.press('y');
    await app.screen.waitForText(/✓ Saved as \/home\/user\/x\.png/);
    expect(services.savedMistakes.map(({ options }) => options)).toMatchObject([
      { path: 'x.png', as: 'file', force: false },
      { path: 'x.png', as: 'file', force: false },
      { path: 'x.png', as: 'file', force: true },
    ]);
    expect(services.savedMistakes[0]!.mistakes).toHaveLength(1);
    app.press('down');
    await app.screen.waitForText(/ 2 of 160 /);
    expect(app.screen.text()).not.toMatch(/Saved/);
  });

  test('S saves all of them in a folder; other errors are shown', async () => {
    const services = await mistakesShown();
    app.press('S');
    await app.screen.waitForText(/Save 160 images in the folder[\s\S]*mistakes-0-as-upper-O/);
    app.press('enter');
    await app.screen.waitForText(/Saved 160 images in[\s\S]*mistakes-0-as-upper-O/);
    services.saveError = new EmnistError('file-forbidden', 'not allowed', { path: 'x', option: 'mistakes' });
    app.press('S', 'enter');
    await app.screen.waitForText(/not allowed[\s\S]*choose another path/);
    app.press('escape');
    await app.screen.waitForText(/ 1 of 160 /);
  });

  test('d opens the canvas in the terminal with the model, and Esc returns to the mistake', async () => {
    const services = await mistakesShown();
    app.press('down', 'd');
    await app.screen.waitForText(/drawing here/);
    expect(services.drawOptions).toEqual([{ model: 'balanced-cnn' }]);
    expect(services.opened).toEqual([]);
    app.press('escape');
    await app.screen.waitForText(/0 read as O .* 2 of 160 /);
  });

  test.each([
    [60, 20],
    [80, 24],
    [120, 36],
    [200, 60],
  ])('training images of both classes are shown at %dx%d', async (columns, rows) => {
    const services = new FakeServices(fakeStatus({ present: ['balanced'], models: [fakeModel()] }));
    services.fakeNeighbors = fakeNeighbors;
    await mistakesShown(services);
    app.resize(columns, rows);
    const thumbnails = () =>
      app.screen
        .text()
        .match(/^.*Closest .*\w *\n.*\n.*[⠁-⣿]{4}.*$/m)?.[0]
        .match(/[⠁-⣿]{4,}/g);
    const least = columns < 80 ? 2 : 3;
    await app.screen.waitFor(() => (thumbnails()?.length ?? 0) >= least, `${least} training images side by side`);
  });
});
