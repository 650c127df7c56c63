/** A character that was read as another; an empty text if it was added or left out. */
export interface Substitution {
  readonly truth: string;
  readonly read: string;
}

/** The fewest substitutions that turn one text into another; of several such lists, one that leaves out or adds characters late. */
export function substitutions(truth: string, read: string): Substitution[] {
  const columns = read.length + 1;
  /** The edit distances of the beginnings of both, [truth.length + 1, columns]. */
  const costs = new Uint16Array((truth.length + 1) * columns);
  const isSame = (i: number, j: number) => truth[i - 1] === read[j - 1];
  for (let i = 0; i <= truth.length; i++) {
    for (let j = 0; j <= read.length; j++) {
      const at = i * columns + j;
      if (i === 0 || j === 0) costs[at] = i + j;
      else {
        const replaced = costs[at - columns - 1]! + (isSame(i, j) ? 0 : 1);
        costs[at] = Math.min(replaced, costs[at - columns]! + 1, costs[at - 1]! + 1);
      }
    }
  }
  const found: Substitution[] = [];
  let [i, j] = [truth.length, read.length];
  while (i > 0 || j > 0) {
    const at = i * columns + j;
    if (i > 0 && j > 0 && costs[at] === costs[at - columns - 1]! + (isSame(i, j) ? 0 : 1)) {
      if (!isSame(i, j)) found.push({ truth: truth[i - 1]!, read: read[j - 1]! });
      i--;
      j--;
    } else if (i > 0 && costs[at] === costs[at - columns]! + 1) {
      found.push({ truth: truth[--i]!, read: '' });
    } else {
      found.push({ truth: '', read: read[--j]! });
    }
  }
  return found.reverse();
}

/** How many words of a text were read, in order: words between spaces, regardless of case. */
export function rightWords(truth: string, read: string): { right: number; count: number } {
  // Each word becomes a character, so that words are aligned like characters.
  const codes = new Map<string, string>();
  const encode = (text: string) =>
    text
      .toLowerCase()
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => {
        if (!codes.has(word)) codes.set(word, String.fromCharCode(codes.size + 1));
        return codes.get(word)!;
      })
      .join('');
  const [words, found] = [encode(truth), encode(read)];
  const wrong = substitutions(words, found).filter((each) => each.truth !== '').length;
  return { right: words.length - wrong, count: words.length };
}
