import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../../src/app/text-layout.ts';
import { type ListedModel, modelsTable } from '../../../src/cli/render/models-table.ts';

const evaluation = { part: 'test', characters: 'all', images: 116_323, accuracy: 0.9123, date: '2026-11-02' } as const;

function listed(fields: Partial<ListedModel>): ListedModel {
  return {
    ...{ name: 'balanced-deep', default: false, shipped: false, split: 'balanced', architecture: 'deep', classes: 47 },
    ...{ epochs: 10, validationAccuracy: 0.9012, validationImages: 11_280, date: '2026-11-02T12:00:00.000Z' },
    ...{ parent: null, problem: null, unfinished: null, note: '', evaluations: [] },
    ...fields,
  } as unknown as ListedModel;
}

const MODELS = [
  listed({ default: true, parent: 'shipped', note: 'the one for the school, with all of last year’s forms' }),
  listed({ name: 'digits-cnn', evaluations: [{ ...evaluation, split: 'digits', top5Accuracy: 1, loss: 1 }] }),
  listed({ name: 'shipped', shipped: true, split: 'bymerge' }),
];

const widestOf = (shown: string) => Math.max(...shown.split('\n').map(columnsOf));
const headOf = (shown: string) => shown.split('\n')[0]!.trim().split(/ +/);

describe('the table of models', () => {
  test('has everything where there is room', () => {
    const shown = modelsTable(MODELS, Number.POSITIVE_INFINITY);
    const head = ['model', 'split', 'network', 'classes', 'epochs', 'validation', 'test', 'date'];
    expect(headOf(shown)).toEqual(head);
    expect(shown).toMatch(/^ +digits-cnn .* 90.1% of 11,280 {2}91.2% of 116,323 \(digits\) {2}2026-11-02 \d\d:\d\d$/m);
    expect(shown).toMatch(/from shipped; the one for the school, with all of last year’s forms$/m);
    expect(widestOf(shown)).toBeGreaterThan(120);
  });

  test('is as wide as the terminal at most, and gives up the less useful first', () => {
    const narrow = modelsTable(MODELS, 80);
    expect(headOf(narrow)).toEqual(['model', 'split', 'epochs', 'validation', 'test', 'date']);
    expect(narrow).toMatch(/^ +digits-cnn +balanced +10 {2}90.1% +91.2% \(digits\) {2}2026-11-02$/m);
    for (const width of [60, 80, 100, 120]) expect(widestOf(modelsTable(MODELS, width))).toBeLessThanOrEqual(width);
    // Remarks that fit beside the models cost details only.
    const short = modelsTable(MODELS.slice(1), 80);
    expect(short).toMatch(/^ +shipped +bymerge .* 2026-11-02 {2}built-in$/m);
  });

  test('has remarks that are too long below the models, and nothing of them is lost', () => {
    const remarks = modelsTable(MODELS, 60).split('\n').slice(2, 4);
    expect(remarks.map((line) => line.trim()).join(' ')).toBe(
      'from shipped; the one for the school, with all of last year’s forms',
    );
    expect(remarks.every((line) => line.startsWith('     '))).toBe(true);
  });
});
