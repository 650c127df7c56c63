import { describe, expect, test } from 'vitest';
import {
  BATCH,
  firstShown,
  type ImagesAction,
  type ImagesState,
  initialImages,
  reduceImages,
  shownRange,
} from '../../src/tui/screens/images/images-state.ts';

const act = (state: ImagesState, ...actions: ImagesAction[]) => actions.reduce(reduceImages, state);
const start = initialImages('digits', 0.7);
const turn = (by: 1 | -1, label = 'A', count = 10): ImagesAction => ({ type: 'turn', label, by, shown: 4, count });

describe('leafing through a class', () => {
  test('advances by as many images as are shown, and from the last ones to the first', () => {
    const pages = [0, 1, 2, 3].map((times) => act(start, ...Array.from({ length: times }, () => turn(1))));
    expect(pages.map((state) => firstShown(state, 'A'))).toEqual([0, 4, 8, 0]);
    expect(shownRange(8, 4, 10)).toEqual({ from: 8, to: 10 });
  });

  test('goes back, no further than to the first', () => {
    expect(firstShown(act(start, turn(1), turn(1), turn(-1)), 'A')).toBe(4);
    expect(firstShown(act(start, turn(-1)), 'A')).toBe(0);
  });

  test('shows images of one batch at a time, and each of them', () => {
    const seen: number[] = [];
    let state = start;
    do {
      const { from, to } = shownRange(firstShown(state, 'A'), 7, BATCH + 20);
      for (let image = from; image < to; image++) seen.push(image);
      expect(Math.floor(from / BATCH)).toBe(Math.floor((to - 1) / BATCH));
      state = act(state, { type: 'turn', label: 'A', by: 1, shown: 7, count: BATCH + 20 });
    } while (firstShown(state, 'A') > 0);
    expect(seen).toEqual(Array.from({ length: BATCH + 20 }, (_, image) => image));
  });

  test('another class, part, or data set begins with its first images', () => {
    const turned = act(start, turn(1));
    expect(firstShown(turned, 'B')).toBe(0);
    expect(firstShown(act(turned, { type: 'part' }), 'A')).toBe(0);
    expect(firstShown(act(turned, { type: 'open', name: 'letters' }), 'A')).toBe(0);
  });
});

describe('augmentation', () => {
  test('is of training images only', () => {
    const test = act(start, { type: 'part' });
    expect(act(test, { type: 'augment' })).toMatchObject({ part: 'train', isAugmented: true });
    expect(act(start, { type: 'augment' }, { type: 'part' })).toMatchObject({ part: 'test', isAugmented: false });
  });

  test('has a strength from 0 to the maximum, in tenths', () => {
    const stronger: ImagesAction = { type: 'strength', by: 1, max: 2 };
    const weaker: ImagesAction = { type: 'strength', by: -1, max: 2 };
    expect(act(start, stronger).strength).toBe(0.8);
    expect(act(start, ...Array(20).fill(stronger)).strength).toBe(2);
    expect(act(start, ...Array(20).fill(weaker)).strength).toBe(0);
  });

  test('can be drawn again', () => {
    expect(act(start, { type: 'redraw' }).seed).not.toBe(start.seed);
  });
});
