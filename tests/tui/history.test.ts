import { expect, test } from 'vitest';
import { type History, type HistoryAction, initialHistory, reduceHistory } from '../../src/tui/history.ts';

const screens = ({ visits }: History) => visits.map(({ route }) => route.screen);
const after = (start: History, ...actions: HistoryAction[]) => actions.reduce(reduceHistory, start);
const models = initialHistory({ screen: 'models' });

test('the way back leads home', () => {
  expect(screens(initialHistory({ screen: 'home' }))).toEqual(['home']);
  expect(screens(models)).toEqual(['home', 'models']);
  expect(screens(after(models, { type: 'back' }, { type: 'back' }))).toEqual(['home']);
});

test('a screen that was opened from another returns to it', () => {
  const draw = after(models, { type: 'open', route: { screen: 'draw', model: 'mine' } });
  expect(screens(draw)).toEqual(['home', 'models', 'draw']);
  expect(after(draw, { type: 'back' }).visits).toEqual(models.visits);
});

test('a menu key starts over from home; each visit is another one', () => {
  const again = after(
    models,
    { type: 'open', route: { screen: 'help' } },
    { type: 'jump', route: { screen: 'models' } },
  );
  expect(screens(again)).toEqual(['home', 'models']);
  expect(again.visits[0]).toBe(models.visits[0]);
  expect(again.visits[1]!.number).not.toBe(models.visits[1]!.number);
  expect(screens(after(models, { type: 'jump', route: { screen: 'home' } }))).toEqual(['home']);
});
