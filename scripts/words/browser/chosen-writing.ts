import { shuffledIndices } from '../../../src/core/random.ts';
import { drawingBox } from '../../../src/core/strokes/geometry.ts';
import type { Written } from '../pen-data.ts';

/** Longer lines would be tiny on a phone. */
const MOST_CHARACTERS = 18;

/** Words that a newcomer might write, by their number of letters. */
const LETTERS = /^[A-Za-z]{3,10}$/;

/** Printed and joined words in turn, each by a different writer, chosen by the seed. */
export function chooseWords(words: readonly Written[], count: number, seed: number): Written[] {
  const usable = words.filter(({ label }) => LETTERS.test(label));
  const orders = [
    shuffled(
      usable.filter(({ inkStyle }) => inkStyle === 'printed'),
      seed,
    ),
    shuffled(
      usable.filter(({ inkStyle }) => inkStyle !== 'printed'),
      seed,
    ),
  ];
  const chosen: Written[] = [];
  const writers = new Set<string>();
  const labels = new Set<string>();
  while (chosen.length < count) {
    const order = orders[chosen.length % orders.length]!;
    const next = order.find(({ writer, label }) => !writers.has(writer) && !labels.has(label)) ?? order[0];
    if (!next) return chosen;
    order.splice(order.indexOf(next), 1);
    writers.add(next.writer);
    labels.add(next.label);
    chosen.push(next);
  }
  return chosen;
}

/** A line of three words, chosen by the seed. */
export function chooseLine(lines: readonly Written[], seed: number): Written | undefined {
  const three = lines.filter(
    ({ label }) => label.length <= MOST_CHARACTERS && /^[A-Za-z]+ [A-Za-z]+ [A-Za-z]+$/.test(label),
  );
  return shuffled(three, seed)[0];
}

/** The share of the paper's height that a word fills, and the most of its width. */
const HEIGHT = 0.55;
const WIDTH = 0.85;

/** The `size` for `drawStrokes` that fits this writing on paper of this size. */
export function sizeOn(paper: { width: number; height: number }, { strokes }: Written): number {
  const { width, height } = drawingBox(strokes);
  const scale = Math.min(
    (HEIGHT * paper.height) / Math.max(height, 1e-9),
    (WIDTH * paper.width) / Math.max(width, 1e-9),
  );
  return (scale * Math.max(width, height)) / Math.min(paper.width, paper.height);
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  return Array.from(shuffledIndices(items.length, seed), (index) => items[index]!);
}
