import { afterEach, expect, test } from 'vitest';
import { INITIAL_FORM, reduceForm, submittedOptions } from '../../src/tui/screens/evaluate/evaluate-form.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeModel, fakeStatus } from '../helpers/fake-status.ts';

let app: AppTerminal | undefined;
afterEach(async () => {
  await app?.end();
});

const { datasets } = fakeStatus({ present: ['balanced', 'digits'] });
const older = fakeModel({ name: 'older' });
const trained = fakeModel({ name: 'trained', training: { split: 'digits' } });

/** Opened for a model that has just been trained, before the list of models has it. */
const early = reduceForm(INITIAL_FORM, { type: 'load', models: [older], datasets, model: 'trained' });

test('the model that the form was opened for is selected as soon as it is listed', () => {
  expect(submittedOptions(early)).toMatchObject({ model: 'trained' });
  const form = reduceForm(early, { type: 'load', models: [trained, older], datasets, model: 'trained' });
  expect(form.focus).toBe(0);
  expect(submittedOptions(form)).toMatchObject({ model: 'trained', split: 'digits' });
});

test('a model that was selected meanwhile stays selected', () => {
  const chosen = reduceForm(early, { type: 'choose' });
  const form = reduceForm(chosen, { type: 'load', models: [trained, older], datasets, model: 'trained' });
  expect(submittedOptions(form)).toMatchObject({ model: 'older', split: 'balanced' });
});

test('the mark, the split, and the caution are those of the model that Enter evaluates', async () => {
  const unknown = fakeModel({ name: 'unknown', training: null });
  const services = new FakeServices(fakeStatus({ present: ['balanced', 'digits'], models: [unknown, trained] }));
  app = openApp(services, { initialScreen: 'evaluate' });
  await app.screen.waitForText(/❯ ● unknown[\s\S]*○ trained[\s\S]*Split +balanced[\s\S]*may have been trained on/);
  app.press('down');
  await app.screen.waitForText(/○ unknown[\s\S]*❯ ● trained[\s\S]*Split +digits[\s\S]*never used in training/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  expect(services.evaluations[0]!.options).toMatchObject({ model: 'trained', split: 'digits' });
});

test('on the way to the fields, the mark returns to the model that was selected', async () => {
  const services = new FakeServices(fakeStatus({ present: ['balanced', 'digits'], models: [older, trained] }));
  app = openApp(services, { initialScreen: 'evaluate' });
  await app.screen.waitForText(/❯ ● older/);
  app.press('down', 'down');
  await app.screen.waitForText(/● older[\s\S]*○ trained[\s\S]*❯ Split .* balanced/);
  app.press('up', 'space', 'down');
  await app.screen.waitForText(/○ older[\s\S]*● trained[\s\S]*❯ Split .* digits/);
});
