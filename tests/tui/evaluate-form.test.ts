import { expect, test } from 'vitest';
import { INITIAL_FORM, reduceForm, submittedOptions } from '../../src/tui/screens/evaluate/evaluate-form.ts';
import { fakeModel, fakeStatus } from '../helpers/fake-status.ts';

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
