import { describe, expect, test } from 'vitest';
import {
  focusedField,
  INITIAL_FORM,
  reduceForm,
  submittedOptions,
  type TrainForm,
} from '../../src/tui/screens/train-form.ts';
import { fakeModel } from '../helpers/fake-services.ts';

describe('train form', () => {
  const present = (models = [fakeModel()]): TrainForm =>
    reduceForm(INITIAL_FORM, { type: 'load', splits: ['balanced', 'digits'], models });
  const onEpochs = () => {
    let form = present();
    while (focusedField(form) !== 'epochs') form = reduceForm(form, { type: 'move', by: 1 });
    return form;
  };
  const typed = (...digits: number[]) =>
    digits.reduce((form, digit) => reduceForm(form, { type: 'digit', digit }), onEpochs()).epochs;

  test('the first digit replaces the number, further digits are appended, up to 10,000', () => {
    expect(typed(3)).toBe(3);
    expect(typed(3, 0)).toBe(30);
    expect(typed(0)).toBe(1);
    expect(typed(1, 2, 5)).toBe(125);
    expect(typed(9, 9, 9, 9, 9)).toBe(9);
    expect(reduceForm(onEpochs(), { type: 'change', by: 1 }).epochs).toBe(11);
  });

  test('Enter trains on the focused split', () => {
    const form = reduceForm(present(), { type: 'move', by: 1 });
    expect(submittedOptions(form)).toMatchObject({ split: 'digits', epochs: 10 });
  });

  test('offers to resume only if that very model has a checkpoint', () => {
    const cut = { name: 'balanced-vgg', resumable: true };
    expect(submittedOptions(present([fakeModel(cut)]))).toEqual({
      split: 'balanced',
      architecture: 'vgg',
      resume: true,
    });
    const cnn = { ...present([fakeModel(cut)]), architecture: 'cnn' as const };
    expect(submittedOptions(cnn)).toEqual({ split: 'balanced', architecture: 'cnn', epochs: 10 });
    expect(submittedOptions({ ...present([fakeModel(cut)]), resume: false })).not.toHaveProperty('resume');
  });

  test('has no options without a data set', () => {
    expect(submittedOptions(INITIAL_FORM)).toBeUndefined();
  });
});
