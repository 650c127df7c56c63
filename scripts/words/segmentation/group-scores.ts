import type { EngineNetwork } from '../../../src/core/engine/engine.ts';
import { IMAGE_PIXELS } from '../../../src/core/images/image-size.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { DIGITS_END, FOLDED_CHARACTERS } from '../../../src/core/text/folded-characters.ts';
import { characterExtent } from '../stitch.ts';
import type { Group } from './groups.ts';

/** The characters that can be read this way: letters, digits, and the two below, as folded classes. */
export const FOLDED = FOLDED_CHARACTERS.slice(0, DIGITS_END + 2);
/** Apostrophe and hyphen, which the character network does not know; they are told by their shape. */
const MARKS = DIGITS_END;

/** What is known of a group before words are looked at. All in logarithms. */
export interface GroupScores {
  readonly group: Group;
  /** Supposing that it is a character: how likely it is each one, [FOLDED.length]. */
  readonly characters: Float64Array;
  /** That it is a character. */
  readonly isCharacter: number;
  /** How well its size suits each character, at most 0. */
  readonly sizes: Float64Array;
}

/** The least probability that is told from none. */
const FLOOR = 1e-6;
/** How far tops and bottoms vary, in heights of a small letter. */
const VARIATION = 0.45;
const WORST_SIZE = -6;

/** Scores the groups of a word. `labels`: of the character network, whose last class is no character. */
export async function scoreGroups(
  groups: readonly Group[],
  network: EngineNetwork,
  labels: readonly string[],
): Promise<GroupScores[]> {
  const images = groups.flatMap(({ drawings }) => drawings.map((drawing) => rasterize(drawing)));
  const packed = new Uint8Array(images.length * IMAGE_PIXELS);
  for (const [index, image] of images.entries()) packed.set(image, index * IMAGE_PIXELS);
  const logits = images.length > 0 ? await network.predict(packed) : new Float32Array();
  const classes = labels.length + 1;
  const columns = labels.map((label) => FOLDED.indexOf(label.toLowerCase()));
  let next = 0;
  return groups.map((group) => {
    let best: { characters: Float64Array; isCharacter: number } | undefined;
    for (const _ of group.drawings) {
      const row = logits.subarray(next * classes, (next + 1) * classes);
      next++;
      const scores = probabilities(row, columns);
      // Of the drawings with and without its dots, the one that is most like a character.
      if (!best || strength(scores) > strength(best)) best = scores;
    }
    for (const [index, score] of markScores(group).entries()) best!.characters[MARKS + index] = score;
    return { group, ...best!, sizes: sizeScores(group) };
  });
}

function strength({ characters, isCharacter }: { characters: Float64Array; isCharacter: number }): number {
  return isCharacter + characters.reduce((a, b) => Math.max(a, b));
}

function probabilities(row: Float32Array, columns: readonly number[]) {
  const highest = row.reduce((a, b) => Math.max(a, b));
  const sums = new Float64Array(FOLDED.length);
  let known = 0;
  for (const [index, column] of columns.entries()) {
    const value = Math.exp(row[index]! - highest);
    sums[column]! += value;
    known += value;
  }
  const all = known + Math.exp(row.at(-1)! - highest);
  return {
    characters: sums.map((sum) => Math.log(sum / known + FLOOR)),
    isCharacter: Math.log(known / all + FLOOR),
  };
}

/** Apostrophe and hyphen, by the place and size of a single piece. */
function markScores({ from, to, top, bottom, width }: Group): [apostrophe: number, hyphen: number] {
  const impossible = Math.log(FLOOR);
  if (to > from + 1) return [impossible, impossible];
  const height = top - bottom;
  const isApostrophe = width < 0.6 && height < 0.8 && bottom > 0.7;
  const isHyphen = width > 0.2 && width < 1.6 && height < 0.35 && height < 0.5 * width && bottom > 0.1 && top < 1.1;
  return [isApostrophe ? Math.log(0.8) : impossible, isHyphen ? Math.log(0.8) : impossible];
}

/** Of the two cases of a letter, the better one. */
function sizeScores({ top, bottom }: Group): Float64Array {
  return Float64Array.from(FOLDED, (character, index) => {
    if (index >= MARKS) return 0;
    const of = (each: string) => {
      const [high, low] = characterExtent(each);
      return -((top - high) ** 2 + (bottom - low) ** 2) / (2 * VARIATION ** 2);
    };
    return Math.max(WORST_SIZE, of(character), of(character.toUpperCase()));
  });
}
