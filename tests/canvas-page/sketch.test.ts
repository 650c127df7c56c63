import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { Sketch, savedSketchSchema } from '../../src/canvas-page/sketch.ts';
import { MAX_STROKES } from '../../src/core/server/protocol.ts';

function draw(sketch: Sketch, x: number): void {
  sketch.begin([x, 0]);
  sketch.extend([[x, 100]]);
  sketch.end();
}

const starts = (sketch: Sketch) => sketch.drawing.map((stroke) => stroke[0]![0]);

describe('Sketch', () => {
  test('includes the stroke being drawn, and reports every change', () => {
    const sketch = new Sketch();
    const seen: number[] = [];
    sketch.onChange = () => seen.push(sketch.drawing.flat().length);
    sketch.begin([0, 0]);
    sketch.extend([
      [10, 0],
      [20, 0],
    ]);
    sketch.end();
    expect(seen).toEqual([1, 3, 3]);
  });

  test('drops points too close to the previous one', () => {
    const sketch = new Sketch();
    sketch.begin([0, 0]);
    sketch.extend([
      [0.1, 0.1],
      [0, 0.5],
      [5, 0],
      [5, 0.2],
    ]);
    expect(sketch.drawing).toEqual([
      [
        [0, 0],
        [5, 0],
      ],
    ]);
  });

  test('undoes strokes one by one, and clearing too', () => {
    const sketch = new Sketch();
    draw(sketch, 1);
    draw(sketch, 2);
    sketch.clear();
    expect(sketch.isEmpty).toBe(true);
    sketch.undo();
    expect(starts(sketch)).toEqual([1, 2]);
    sketch.undo();
    expect(starts(sketch)).toEqual([1]);
    sketch.redo();
    sketch.redo();
    expect(sketch.isEmpty).toBe(true);
    expect(sketch.canRedo).toBe(false);
  });

  test('a new stroke after an undo discards the redo history', () => {
    const sketch = new Sketch();
    draw(sketch, 1);
    sketch.undo();
    draw(sketch, 2);
    expect(sketch.canRedo).toBe(false);
    expect(starts(sketch)).toEqual([2]);
  });

  test('a canceled stroke leaves no trace', () => {
    const sketch = new Sketch();
    draw(sketch, 1);
    sketch.begin([2, 0]);
    sketch.cancel();
    sketch.undo();
    expect(sketch.isEmpty).toBe(true);
  });

  test('accepts no more strokes than the server', () => {
    const sketch = new Sketch();
    for (let index = 0; index < MAX_STROKES; index++) draw(sketch, index);
    expect(sketch.begin([0, 0])).toBe(false);
    expect(sketch.drawing).toHaveLength(MAX_STROKES);
  });

  test('survives being saved and restored, with its history', () => {
    const sketch = new Sketch();
    for (const x of [1, 2, 3]) draw(sketch, x);
    sketch.undo();
    sketch.clear();
    sketch.undo();
    const restored = new Sketch();
    let changes = 0;
    restored.onChange = () => changes++;
    restored.restore(v.parse(savedSketchSchema, JSON.parse(JSON.stringify(sketch.save()))));
    expect(changes).toBe(1);
    expect(restored.drawing).toEqual(sketch.drawing);
    restored.undo();
    expect(starts(restored)).toEqual([1]);
    restored.redo();
    restored.redo();
    expect(restored.isEmpty).toBe(true);
    expect(restored.canRedo).toBe(false);
  });

  test('a restored drawing is exactly the one that was saved, so that the server recognizes it', () => {
    const sketch = new Sketch();
    sketch.begin([12.34567, 1 / 3, 0.123456]);
    sketch.extend([
      [100.0049, 200.0051, 0.5],
      [345.3451, 2 / 3],
    ]);
    sketch.end();
    const restored = new Sketch();
    restored.restore(v.parse(savedSketchSchema, JSON.parse(JSON.stringify(sketch.save()))));
    expect(restored.drawing).toEqual(sketch.drawing);
  });

  test('saves each stroke once, however often the history has it', () => {
    const sketch = new Sketch();
    for (let x = 0; x < 50; x++) draw(sketch, x);
    expect(sketch.save().strokes).toHaveLength(50);
  });

  test('restores what it can of a saved sketch whose strokes are missing', () => {
    const sketch = new Sketch();
    sketch.restore({ strokes: [[[1, 2]]], past: [[7]], finished: [0, 3], future: [] });
    expect(sketch.drawing).toEqual([[[1, 2]]]);
  });

  test('comes back as it was after it was taken, and what was drawn since can be redone', () => {
    const sketch = new Sketch();
    for (const x of [1, 2, 3]) draw(sketch, x);
    sketch.undo();
    sketch.begin([9, 9]);
    const taken = sketch.take();
    expect([sketch.isEmpty, sketch.canUndo, sketch.canRedo]).toEqual([true, false, false]);
    draw(sketch, 7);
    sketch.putBack(taken);
    expect(starts(sketch)).toEqual([1, 2, 9]);
    sketch.redo();
    expect(starts(sketch)).toEqual([7]);
    for (const expected of [[1, 2, 9], [1, 2], [1]]) {
      sketch.undo();
      expect(starts(sketch)).toEqual(expected);
    }
    sketch.take();
    sketch.putBack(taken);
    expect([sketch.canUndo, sketch.canRedo]).toEqual([true, false]);
  });

  test('undoing and redoing everything restores the drawing', () => {
    const action = fc.oneof(
      { weight: 4, arbitrary: fc.nat(900).map((x) => (sketch: Sketch) => draw(sketch, x)) },
      fc.constantFrom<(sketch: Sketch) => void>(
        (sketch) => sketch.clear(),
        (sketch) => sketch.undo(),
        (sketch) => sketch.redo(),
        (sketch) => sketch.cancel(),
      ),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const sketch = new Sketch();
        for (const perform of actions) perform(sketch);
        while (sketch.canRedo) sketch.redo();
        const before = sketch.drawing;
        while (sketch.canUndo) sketch.undo();
        expect(sketch.drawing).toEqual([]);
        while (sketch.canRedo) sketch.redo();
        expect(sketch.drawing).toEqual(before);
      }),
    );
  });
});
