import { afterEach, expect, test } from 'vitest';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { fresh, used } from './scenes/fixtures.ts';
import { numberedImages, withImages } from './scenes/images.ts';

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

/** The picture at the upper left. */
const picture = () =>
  app.screen
    .lines()
    .slice(5, 12)
    .map((line) => line.slice(36, 50))
    .join('\n');

test('the classes of a data set have their counts, and images of the focused one are shown', async () => {
  app = openApp(withImages());
  await app.screen.waitForText(/Next:/);
  app.press('i');
  const text = await app.screen.waitForText(/training images 1 to 6 of 2,400/);
  expect(text).toMatch(/balanced +● 112,800 training +○ 18,800 test images +1 of 3/);
  expect(text).toMatch(/❯ 0 +2,400 +400/);
  app.press('down');
  await app.screen.waitForText(/❯ 1 [\s\S]*/);
  expect(app.screen.text()).toMatch(/1 {2}training images 1 to 6 of 2,360/);
});

test('all images of a class can be leafed through, and more are read when those at hand are exhausted', async () => {
  const services = withImages();
  app = openApp(services, { initialScreen: 'images' });
  await app.screen.waitForText(/images 1 to 6 of/);
  const first = picture();
  app.press('space', 'n', 'pageDown');
  await app.screen.waitForText(/images 19 to 24 of/);
  expect(picture()).not.toBe(first);
  app.press('pageUp');
  await app.screen.waitForText(/images 13 to 18 of/);
  app.press(...Array(18).fill('pageDown'));
  await app.screen.waitForText(/images 121 to 126 of/);
  expect(services.imageRequests.map(({ request }) => request.offset)).toEqual([0, 120]);
  app.press('pageUp');
  await app.screen.waitForText(/images 115 to 120 of/);
  expect(services.imageRequests).toHaveLength(2);
});

test('test images are shown too', async () => {
  const services = withImages();
  app = openApp(services, { initialScreen: 'images' });
  await app.screen.waitForText(/training images 1 to 6/);
  app.press('p');
  await app.screen.waitForText(/○ 112,800 training +● 18,800 test[\s\S]*test images 1 to 6 of 400/);
  expect(services.imageRequests.at(-1)!.request.part).toBe('test');
});

test('the augmented versions follow the strength, change when they are redrawn, and can be hidden', async () => {
  app = openApp(withImages(), { initialScreen: 'images' });
  await app.screen.waitForText(/images 1 to 6/);
  const original = picture();
  const version = () =>
    app.screen
      .lines()
      .slice(5, 12)
      .map((line) => line.slice(51, 65))
      .join('\n');
  app.press('a');
  await app.screen.waitForText(/Strength ‹ 0\.7 › +Default: 0 for cnn, 0\.7 for vgg and deep/);
  expect(picture()).toBe(original);
  const usual = version();
  expect(usual).not.toBe(original);
  app.press('r');
  await app.screen.waitFor(() => version() !== usual, 'other versions');
  expect(picture()).toBe(original);
  app.press(...Array(8).fill('left'));
  await app.screen.waitForText(/Strength ‹ 0\.0 ›/);
  expect(version()).toBe(original);
  app.press('a');
  await app.screen.waitForText(/training images 1 to 6/);
});

test('pictures can be larger', async () => {
  app = openApp(withImages(), { initialScreen: 'images' });
  await app.screen.waitForText(/images 1 to 6/);
  app.press('z');
  await app.screen.waitForText(/training images 1 of 2,400[\s\S]*▀▀▀/);
  app.press('z');
  await app.screen.waitForText(/images 1 to 6/);
});

test('a class is found by its label, and another data set opened', async () => {
  app = openApp(withImages(), { initialScreen: 'images' });
  await app.screen.waitForText(/❯ 0 /);
  app.press('/', 'q', 'enter');
  await app.screen.waitForText(/Q {2}training images[\s\S]*\/q/);
  app.press('escape');
  await app.screen.waitForText(/❯ Q [\s\S]*of 47/);
  app.press('tab', 'tab');
  await app.screen.waitForText(/digits +● 240,000 training[\s\S]*❯ 0 /);
  app.press('[');
  await app.screen.waitForText(/byclass +● 697,932 training/);
});

test('t trains on what is looked at, and Esc returns to it', async () => {
  app = openApp(withImages(), { initialScreen: 'images' });
  await app.screen.waitForText(/images 1 to 6/);
  app.press('tab', 'tab', 't');
  await app.screen.waitForText(/● digits[\s\S]*Network/);
  app.press('escape');
  await app.screen.waitForText(/digits +● 240,000 training/);
});

test('reading can be left, says how far it is, and keeps no key waiting', async () => {
  const services = used();
  const signals: AbortSignal[] = [];
  services.images = (_name, { onProgress }, signal) => {
    signals.push(signal);
    onProgress?.(0.42);
    return new Promise(() => {});
  };
  app = openApp(services, { initialScreen: 'images' });
  await app.screen.waitForText(/❯ 0 [\s\S]*/);
  await app.screen.waitForText(/Loading images… 42%/);
  app.press('down', 'tab');
  await app.screen.waitForText(/byclass +● 697,932 training/);
  app.press('escape');
  await app.screen.waitForText(/Next:/);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test('says what cannot be read, and tries again', async () => {
  const services = used();
  let attempts = 0;
  services.images = async (name, request) => {
    if (attempts++ === 0) throw new Error('EIO: i/o error, read');
    return numberedImages(name, ['0', '1'], request);
  };
  app = openApp(services, { initialScreen: 'images' });
  await app.screen.waitForText(/EIO/);
  app.press('r');
  await app.screen.waitForText(/images 1 to 6/);
});

test('without data, it says how to get some', async () => {
  app = openApp(fresh(), { initialScreen: 'images' });
  await app.screen.waitForText(/No images yet\. .*press f to fetch some/);
  app.press('f');
  await app.screen.waitForText(/Fetch images/);
});

test('after a fetch, i opens what was fetched', async () => {
  const services = withImages();
  app = openApp(services, { initialScreen: 'fetch' });
  await app.screen.waitForText(/Split \(training/);
  app.press('down', 'down', 'down', 'down', 'enter');
  await app.screen.waitForText(/Fetching digits/);
  const { feed } = services.fetches[0]!;
  feed.push({ event: 'end', split: 'digits', trainImages: 240_000, testImages: 40_000, bytes: 30e6 });
  feed.end();
  await app.screen.waitForText(/or i to look at the images/);
  app.press('i');
  await app.screen.waitForText(/digits +● 240,000 training/);
});
