import { describe, expect, test } from 'vitest';
import { defaultSplit } from '../../src/app/evaluation-split.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { temporaryFolder } from '../cli/run.ts';
import { installDatasets } from '../helpers/archive.ts';
import { glyphs, takeOverAll, writeClasses } from '../helpers/own-data.ts';
import { trainingRecord } from '../helpers/training-record.ts';

const DIGITS = [...'0123456789'];
const trainedOn = (split: string, labels: readonly string[]) => ({ labels, training: trainingRecord({ split }) });

describe('a model is evaluated on', () => {
  test('the split that it was trained on, if that is fetched', async () => {
    const paths = resolvePaths(await temporaryFolder());
    expect(await defaultSplit(trainedOn('digits', DIGITS), paths)).toBe('balanced');
    await installDatasets(paths, { digits: { train: 10, test: 10 } });
    expect(await defaultSplit(trainedOn('digits', DIGITS), paths)).toBe('digits');
    expect(await defaultSplit(trainedOn('mnist', DIGITS), paths)).toBe('balanced');
    expect(await defaultSplit({ labels: DIGITS, training: null }, paths)).toBe('balanced');
  });

  test('own data only if it still has labels of the model', async () => {
    const folder = await temporaryFolder();
    const paths = resolvePaths(folder);
    await writeClasses(`${folder}/in`, glyphs(['left', 'right'], 12));
    await takeOverAll({ from: `${folder}/in`, name: 'signs', paths });
    expect(await defaultSplit(trainedOn('signs', ['right', 'left']), paths)).toBe('signs');
    expect(await defaultSplit(trainedOn('signs', ['A', 'B']), paths)).toBe('balanced');
  });

  test('own data that is gone, rather than on characters that it does not know', async () => {
    const paths = resolvePaths(await temporaryFolder());
    expect(await defaultSplit(trainedOn('signs', ['left', 'right']), paths)).toBe('signs');
    expect(await defaultSplit(trainedOn('az', ['A', 'B']), paths)).toBe('balanced');
  });
});
