import { describe, expect, it } from 'vitest';
import { foldedClasses } from '../../../src/core/text/folded-characters.ts';
import { letterIndex, letterModel, NO_LETTER } from '../../../src/core/text/letter-model.ts';
import { englishLexicon, parseLexicon } from '../../../src/core/text/lexicon.ts';
import { emptyTree, type WordTree } from '../../../src/core/text/word-tree.ts';

const letter = (character: string) => foldedClasses(character)![0]!;

/** How much a string looks like the words of a tree. */
function likeness(tree: WordTree, text: string): number {
  const { logs } = letterModel(tree);
  const symbols = [NO_LETTER, NO_LETTER, ...foldedClasses(text)!, NO_LETTER];
  let sum = 0;
  for (let index = 2; index < symbols.length; index++) {
    sum += logs[letterIndex(symbols[index - 2]!, symbols[index - 1]!, symbols[index]!)]!;
  }
  return sum;
}

describe('the letter model', () => {
  it.each([
    ['English', englishLexicon().tree],
    ['few words', parseLexicon("ab\nba 3\ndon't\nB2", 'test').tree],
    ['no words', emptyTree(1)],
  ])('of %s gives probabilities', (_, tree) => {
    const { logs } = letterModel(tree);
    for (const [beforeThat, before] of [
      [NO_LETTER, NO_LETTER],
      [letter('t'), letter('h')],
      [NO_LETTER, letter('q')],
      [letter('x'), letter('z')],
    ] as const) {
      let sum = 0;
      for (let symbol = 0; symbol <= NO_LETTER; symbol++)
        sum += Math.exp(logs[letterIndex(beforeThat, before, symbol)]!);
      expect(sum).toBeCloseTo(1, 4);
    }
  });

  it('prefers names that look like words to strings that do not', () => {
    const { tree } = englishLexicon();
    expect(likeness(tree, 'zorbing')).toBeGreaterThan(likeness(tree, 'zorbimg') + 2);
    expect(likeness(tree, 'brantley')).toBeGreaterThan(likeness(tree, 'brcabfost') + 5);
  });

  it('follows the list of the user', () => {
    const { tree } = parseLexicon('szcz\nszczaw\nszczyt', 'test');
    expect(likeness(tree, 'szczep')).toBeGreaterThan(likeness(tree, 'string'));
  });
});
