import { describe, expect, test } from 'vitest';
import type { UnfinishedRun } from '../../src/core/training/unfinished-runs.ts';
import { fieldText } from '../../src/tui/components/text-field.ts';
import { reduceForm, submittedOptions, type TrainFormAction } from '../../src/tui/screens/train/train-form.ts';
import {
  chosenPreset,
  defaultName,
  epochsOf,
  focusedField,
  givenNetwork,
  INITIAL_FORM,
  lacksNetwork,
  nameProblem,
  replaced,
  type TrainForm,
} from '../../src/tui/screens/train/train-form-state.ts';
import { fakeModel, fakeUnfinishedRun } from '../helpers/fake-status.ts';

type Load = Extract<TrainFormAction, { type: 'load' }>;

const known = (unfinished: readonly UnfinishedRun[] = [], models = [fakeModel()]): Load['known'] => ({
  models,
  unusable: [],
  unfinished: [...unfinished],
});

/** A form with two splits. */
const opened = (options: Partial<Load> = {}): TrainForm =>
  reduceForm(INITIAL_FORM, { type: 'load', splits: ['balanced', 'digits'], known: known(), ...options });

function act(form: TrainForm, ...actions: TrainFormAction[]): TrainForm {
  return actions.reduce(reduceForm, form);
}

function on(field: string, form: TrainForm): TrainForm {
  let next = form;
  for (let moves = 0; focusedField(next) !== field; moves++) {
    if (moves > 20) throw new Error(`there is no field ${field}`);
    next = reduceForm(next, { type: 'move', by: 1 });
  }
  return next;
}

const text = (...characters: string[]): TrainFormAction[] =>
  characters.map((character) => ({ type: 'text', press: { name: character, text: character } }));
const change = (by: 1 | -1): TrainFormAction => ({ type: 'change', by });

describe('epochs', () => {
  const typed = (...digits: number[]) =>
    epochsOf(act(on('epochs', opened()), ...digits.map((digit): TrainFormAction => ({ type: 'digit', digit }))));

  test('the first digit replaces the number, further digits are appended, up to 10,000', () => {
    expect(typed(3)).toBe(3);
    expect(typed(3, 0)).toBe(30);
    expect(typed(0)).toBe(1);
    expect(typed(1, 2, 5)).toBe(125);
    expect(typed(9, 9, 9, 9, 9)).toBe(9);
    expect(epochsOf(act(on('epochs', opened()), change(1)))).toBe(11);
  });
});

test('Enter trains on the focused split', () => {
  const form = act(opened(), { type: 'move', by: 1 });
  expect(submittedOptions(form)).toEqual({ split: 'digits', architecture: 'vgg', epochs: 10 });
});

test('has no options without a data set', () => {
  expect(submittedOptions(INITIAL_FORM)).toBeUndefined();
});

test('the split that the form was opened for is chosen as soon as it is there', () => {
  const load = (form: TrainForm, splits: Load['splits']) =>
    act(form, { type: 'load', splits, known: known(), split: 'digits' });
  expect(load(load(INITIAL_FORM, []), ['digits'])).toMatchObject({ focus: 0, choice: 0 });
  const form = load(load(INITIAL_FORM, ['balanced']), ['balanced', 'digits']);
  expect(submittedOptions(form)).toMatchObject({ split: 'digits' });
  const moved = act(form, { type: 'move', by: -1 }, { type: 'choose' });
  expect(submittedOptions(load(moved, ['balanced', 'digits']))).toMatchObject({ split: 'balanced' });
});

describe('the model to start from', () => {
  const models = [fakeModel({ name: 'mine' }), fakeModel({ name: 'shipped', shipped: true })];
  const withModels = () => opened({ known: known([], models) });

  test('is chosen among the models, and brings its network', () => {
    const form = act(on('from', withModels()), change(1));
    expect(submittedOptions(form)).toEqual({ split: 'balanced', from: 'mine', epochs: 10 });
    expect(defaultName(form)).toBe('balanced-mine');
    expect(givenNetwork(form)).toBe(fakeModel().training!.architecture);
    expect(act(form, { type: 'focus', field: 'architecture' }, change(1)).architecture).toBe(form.architecture);
    const back = act(on('from', form), change(1), change(1));
    expect(submittedOptions(back)).toEqual({ split: 'balanced', architecture: 'vgg', epochs: 10 });
  });

  test('needs no layers of one’s own', () => {
    const own = act(on('architecture', withModels()), change(1), change(1));
    expect(lacksNetwork(own)).toBe(true);
    const form = act(on('from', own), change(-1));
    expect(focusedField(form)).toBe('from');
    expect(lacksNetwork(form)).toBe(false);
    expect(submittedOptions(form)).toMatchObject({ from: 'shipped' });
  });

  test('is random weights again once it is deleted', () => {
    const form = act(on('from', withModels()), change(1));
    const later = act(form, { type: 'load', splits: ['balanced'], known: known([], models.slice(1)) });
    expect(later.from).toBeNull();
  });

  test('is set by a run that is resumed, which is one that started from it', () => {
    const run = fakeUnfinishedRun({ name: 'balanced-mine', parent: 'mine', architecture: 'deep', holder: null });
    const loaded = opened({ known: known([run], models), split: 'balanced' });
    expect(submittedOptions(loaded)).toMatchObject({ architecture: 'vgg' });
    const form = act(on('from', loaded), change(1));
    expect(submittedOptions(form)).toMatchObject({ name: 'balanced-mine', resume: true });
    expect(act(form, change(1)).from).toBe('mine');
  });
});

describe('the name', () => {
  test('is that of the split and the network unless one is entered', () => {
    expect(submittedOptions(opened())).not.toHaveProperty('name');
    expect(submittedOptions(act(opened(), ...text('m', 'y')))).toMatchObject({ split: 'balanced', name: 'my' });
  });

  test('typing anywhere in the form enters it', () => {
    expect(focusedField(act(opened(), ...text('x')))).toBe('name');
  });

  test.each([
    ['a/b', /a\/b/],
    ['con', /Windows/],
    ['shipped', /reserved/],
  ])('%s is invalid', (name, problem) => {
    expect(nameProblem(act(opened(), ...text(...name)))?.message).toMatch(problem);
  });

  test('a model of that name would be replaced, whatever it was trained on', () => {
    const mine = fakeModel({ name: 'mine', training: { split: 'letters' } });
    const form = opened({ known: known([], [mine]) });
    expect(replaced(form)).toBeUndefined();
    expect(replaced(act(form, ...text(...'mine')))).toMatchObject({ name: 'mine', model: mine });
  });

  test('so would a run, and a model that cannot be read', () => {
    const run = fakeUnfinishedRun({ name: 'mine', split: 'letters' });
    const form = opened({
      split: 'balanced',
      known: { models: [], unusable: [{ name: 'bad', path: '/bad', problem: 'damaged' }], unfinished: [run] },
    });
    expect(replaced(act(form, ...text(...'mine')))).toMatchObject({ run });
    expect(replaced(act(form, ...text(...'bad')))).toMatchObject({ problem: 'damaged' });
  });
});

describe('resuming', () => {
  const mine = fakeUnfinishedRun({ name: 'mine', split: 'digits', architecture: 'cnn', epochsDone: 4, epochs: 6 });
  const older = fakeUnfinishedRun({ name: 'older', split: 'balanced' });
  const runs = known([mine, older]);
  const resumesMine = { split: 'digits', name: 'mine', resume: true };

  test('the run that was interrupted last is chosen at first, whatever its name', () => {
    const form = opened({ known: runs });
    expect(submittedOptions(form)).toEqual(resumesMine);
    expect(epochsOf(form)).toBe(6);
  });

  test('or the one that the form was opened for', () => {
    const form = opened({ known: runs, resume: 'older' });
    expect(submittedOptions(form)).toEqual({ split: 'balanced', name: 'older', resume: true });
  });

  test('or none, if it was opened for a split', () => {
    expect(submittedOptions(opened({ known: runs, split: 'balanced' }))).toMatchObject({
      split: 'balanced',
      epochs: 10,
    });
  });

  test('not a run that another process is training', () => {
    const holder = { host: null, process: 4711, since: null };
    const held = known([{ ...mine, holder }, older]);
    expect(submittedOptions(opened({ known: held }))).toMatchObject({ name: 'older', resume: true });
  });

  test('any of them can be chosen, and none', () => {
    const form = on('resume', opened({ known: runs }));
    expect(submittedOptions(act(form, change(1)))).toMatchObject({ name: 'older', resume: true });
    expect(submittedOptions(act(form, change(1), change(1)))).toEqual({
      split: 'balanced',
      architecture: 'vgg',
      epochs: 10,
    });
    expect(submittedOptions(act(form, change(-1)))).toEqual({ split: 'digits', architecture: 'vgg', epochs: 10 });
  });

  test('with more epochs', () => {
    const form = on('epochs', opened({ known: runs }));
    expect(submittedOptions(act(form, change(1)))).toEqual({ ...resumesMine, epochs: 7 });
  });

  test('the network of a run cannot be changed; another split or a name starts another run', () => {
    const form = opened({ known: runs });
    expect(submittedOptions(act(on('architecture', form), change(1)))).toEqual(resumesMine);
    expect(submittedOptions(act(form, { type: 'move', by: -1 }))).toEqual({
      split: 'balanced',
      architecture: 'vgg',
      epochs: 10,
    });
    expect(submittedOptions(act(form, ...text('x')))).toMatchObject({ split: 'digits', name: 'x', epochs: 10 });
  });

  test('deleting the name goes back to the run that was to be resumed', () => {
    const backspace: TrainFormAction = { type: 'text', press: { name: 'backspace', text: '' } };
    const form = opened({ known: runs, resume: 'older' });
    const named = act(form, ...text('x', 'y'), backspace);
    expect(submittedOptions(named)).toMatchObject({ name: 'x', epochs: 10 });
    expect(submittedOptions(act(named, backspace))).toEqual(submittedOptions(form));
    const scratch = act(on('resume', form), change(1));
    expect(submittedOptions(act(scratch, ...text('x'), backspace))).not.toHaveProperty('resume');
    // What was chosen after the name stays.
    const otherNetwork = act(form, ...text('x'), { type: 'focus', field: 'architecture' }, change(1));
    expect(submittedOptions(act(on('name', otherNetwork), backspace))).toEqual({
      ...{ split: 'balanced', architecture: 'deep', epochs: 10 },
    });
  });

  test('no other run takes the place of one that is gone', () => {
    expect(submittedOptions(opened({ known: runs, resume: 'gone' }))).not.toHaveProperty('resume');
  });

  test('a run of the entered name, split and network is resumed, no other', () => {
    const form = opened({ known: runs, split: 'digits' });
    expect(submittedOptions(act(form, ...text(...'mine')))).not.toHaveProperty('resume');
    const cnn = act(on('architecture', form), change(-1));
    expect(submittedOptions(act(cnn, ...text(...'mine')))).toEqual(resumesMine);
    expect(submittedOptions(act({ ...cnn, start: null }, ...text(...'min')))).not.toHaveProperty('resume');
  });

  test('what was entered stays when the status is read again, except for a run that has finished', () => {
    const load = (form: TrainForm, unfinished: readonly UnfinishedRun[]) =>
      act(form, { type: 'load', splits: ['balanced', 'digits'], known: known(unfinished) });
    const form = act(on('resume', opened({ known: runs })), change(1));
    expect(load(form, [mine, older])).toEqual(form);
    expect(submittedOptions(load(form, [mine]))).toEqual({ split: 'balanced', architecture: 'vgg', epochs: 10 });
  });
});

test('the network changes from one architecture to the next', () => {
  const networks = [0, 1, 2, 3].map((steps) =>
    act(on('architecture', opened()), ...Array.from({ length: steps }, () => change(1))),
  );
  expect(networks.map(({ architecture }) => architecture)).toEqual(['vgg', 'deep', 'own', 'cnn']);
  expect(submittedOptions(networks[1]!)).toMatchObject({ architecture: 'deep' });
});

describe('a network of one’s own', () => {
  const own = (form = opened()) => act(on('architecture', form), change(1), change(1));

  test('needs a file or a model; the default name of the new model contains its name', () => {
    const form = own();
    expect(submittedOptions(form)).toBeUndefined();
    expect(lacksNetwork(form)).toBe(true);
    const entered = act(on('network', form), ...text(...'nets/lenet.json'));
    expect(focusedField(entered)).toBe('network');
    expect(submittedOptions(entered)).toEqual({ split: 'balanced', network: 'nets/lenet.json', epochs: 10 });
    expect(defaultName(entered)).toBe('balanced-lenet');
    const named = act(on('name', entered), ...text('m'));
    expect(submittedOptions(named)).toMatchObject({ network: 'nets/lenet.json', name: 'm' });
  });

  test('pasted paths lose their quotes', () => {
    const pasted = act(on('network', own()), { type: 'text', press: { name: 'paste', text: "'/my nets/a.json'" } });
    expect(submittedOptions(pasted)).toMatchObject({ network: '/my nets/a.json' });
  });

  test('is that of a run that is resumed, without its file', () => {
    const run = fakeUnfinishedRun({ name: 'mine', architecture: 'lenet', epochsDone: 2, epochs: 6 });
    const form = own(opened({ split: 'digits', known: known([run]) }));
    const resumed = act(on('resume', form), change(1));
    expect(focusedField(resumed)).toBe('resume');
    expect(submittedOptions(resumed)).toEqual({ split: 'balanced', name: 'mine', resume: true });
    expect(focusedField(act(resumed, change(-1)))).toBe('resume');
  });
});

describe('presets', () => {
  const preset = (form: TrainForm, ...by: (1 | -1)[]) => act(on('preset', form), ...by.map(change));

  test('set the network, the epochs, and some options; the default is one of them', () => {
    expect(chosenPreset(opened())?.name).toBe('default');
    const quick = preset(opened(), -1, -1);
    expect(submittedOptions(quick)).toEqual({ split: 'balanced', architecture: 'cnn', epochs: 3, limit: 10_000 });
    expect(submittedOptions(preset(quick, 1))).toEqual({ split: 'balanced', architecture: 'cnn', epochs: 10 });
    expect(submittedOptions(preset(quick, 1, 1))).toEqual(submittedOptions(opened()));
  });

  test('are all recognized, one after the other', () => {
    const names = [0, 1, 2, 3, 4].map((steps) => chosenPreset(preset(opened(), ...Array(steps).fill(1)))?.name);
    expect(names).toEqual(['default', 'rejecting', 'most accurate', 'quick look', 'notebook']);
  });

  test('no longer apply once something is changed; the first and the last are next from there', () => {
    const custom = act(on('epochs', opened()), change(1));
    expect(chosenPreset(custom)).toBeUndefined();
    expect(chosenPreset(preset(custom, 1))?.name).toBe('quick look');
    expect(chosenPreset(preset(custom, -1))?.name).toBe('most accurate');
  });

  test('leave the seed and where the run is computed alone', () => {
    const seeded = act(
      opened(),
      { type: 'options', action: { type: 'open', focus: 'seed' } },
      { type: 'options', action: { type: 'type', text: '7' } },
    );
    expect(chosenPreset(seeded)?.name).toBe('default');
    expect(submittedOptions(preset(seeded, -1))).toMatchObject({ architecture: 'cnn', seed: 7 });
  });

  test('start a new run, also if there is one of that name', () => {
    const run = fakeUnfinishedRun({ name: 'balanced-cnn', architecture: 'cnn' });
    const form = opened({ split: 'balanced', known: known([run]) });
    const chosen = preset(form, -1);
    expect(submittedOptions(chosen)).not.toHaveProperty('resume');
    expect(replaced(chosen)).toMatchObject({ run });
  });

  test('are set by a run that is resumed', () => {
    const run = fakeUnfinishedRun({ name: 'mine', architecture: 'cnn' });
    const form = opened({ known: known([run]) });
    expect(submittedOptions(preset(form, 1))).toEqual(submittedOptions(form));
  });
});

describe('the name of a run that has ended', () => {
  const load = (models: readonly string[], unfinished: readonly UnfinishedRun[] = []): TrainFormAction => ({
    type: 'load',
    splits: ['balanced', 'digits'],
    known: known(unfinished, [fakeModel(), ...models.map((name) => fakeModel({ name }))]),
  });
  const named = (...actions: TrainFormAction[]) =>
    fieldText(act(opened(), ...text('m', 'i', 'n', 'e'), ...actions).name);

  test('is not proposed again, since the next run would replace its model', () => {
    expect(named(load([]))).toBe('mine');
    expect(named(load(['mine']))).toBe('');
  });

  test('stays if the run can be resumed, or if the model was there before', () => {
    expect(named(load(['mine'], [fakeUnfinishedRun({ name: 'mine' })]))).toBe('mine');
    expect(fieldText(act(opened(), load(['mine']), ...text('m', 'i', 'n', 'e'), load(['mine'])).name)).toBe('mine');
  });
});
