import { expect, test } from 'vitest';
import type { DatasetStatus } from '../../src/core/dataset/dataset-store.ts';
import {
  focusedField,
  initialForm,
  nameProblem,
  type OwnDataAction,
  type OwnDataForm,
  reduceForm,
  replaced,
  submittedOptions,
} from '../../src/tui/screens/fetch/own-data-form.ts';

const signs: DatasetStatus = { split: 'signs', labels: ['a', 'b'], trainImages: 10, testImages: 2, bytes: 1000 };

function act(form: OwnDataForm, ...actions: OwnDataAction[]): OwnDataForm {
  return actions.reduce(reduceForm, form);
}

const opened = (from?: string) => act(initialForm(from), { type: 'load', datasets: [signs] });
const paste = (text: string): OwnDataAction => ({ type: 'text', press: { name: 'paste', text } });
const type = (text: string): OwnDataAction => ({ type: 'text', press: { name: text, text } });

test('opens on the path, and has no options without one', () => {
  expect(focusedField(opened())).toBe('from');
  expect(submittedOptions(opened())).toBeUndefined();
});

test.each([
  ['/home/me/my signs/', 'my-signs'],
  ['C.csv.gz', 'C'],
  ['/data/mnist', 'my-mnist'],
  ['/data/日本', 'my-data'],
  ['/data/train-images-idx3-ubyte.gz', 'train-images-idx3-ubyte'],
])('%s is named %s unless another name is entered', (from, name) => {
  expect(submittedOptions(opened(from))).toEqual({ from, name });
});

test('what is typed anywhere but in another text field is the path', () => {
  const typed = act(opened(), { type: 'focus', field: 'orientation' }, type('x'));
  expect(focusedField(typed)).toBe('from');
  expect(submittedOptions(typed)).toMatchObject({ from: 'x' });
  const named = act(typed, { type: 'focus', field: 'name' }, type('n'));
  expect(submittedOptions(named)).toEqual({ from: 'x', name: 'n' });
  const fromList = act(opened(), { type: 'move', by: -1 }, paste("'/my data'"));
  expect(submittedOptions(fromList)).toMatchObject({ from: '/my data' });
});

test('the test file and the orientation are options only if they are chosen', () => {
  const form = act(opened('a.csv'), { type: 'focus', field: 'test' }, paste('b.csv'), {
    type: 'focus',
    field: 'orientation',
  });
  expect(submittedOptions(form)).toEqual({ from: 'a.csv', name: 'a', test: 'b.csv' });
  expect(submittedOptions(act(form, { type: 'change', by: -1 }))).toMatchObject({ orientation: 'transposed' });
});

test('a data set of the same name would be replaced, and no name may be that of a split', () => {
  expect(replaced(opened('/x/signs'))).toBe(signs);
  expect(replaced(opened('/x/other'))).toBeUndefined();
  const form = act(opened('a.csv'), { type: 'focus', field: 'name' }, paste('digits'));
  expect(nameProblem(form)).toMatchObject({ code: 'dataset-name-invalid' });
});

test('the focus stays where it is when the list changes', () => {
  const onName = act(opened(), { type: 'focus', field: 'name' });
  expect(focusedField(act(onName, { type: 'load', datasets: [] }))).toBe('name');
  const onRow = act(opened(), { type: 'move', by: -1 });
  const more = act(onRow, { type: 'load', datasets: [{ ...signs, split: 'new' }, signs] });
  expect(more.datasets[more.focus]).toBe(signs);
});
