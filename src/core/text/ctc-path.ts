/**
 * The logarithm of the probability that steps of a line spell a string. `probabilities`: [steps, classes], where the last class is
 * the blank; the steps are from `from` up to but not including `to`.
 */
export function logSpelling(
  probabilities: Float64Array,
  classes: number,
  from: number,
  to: number,
  letters: Uint8Array,
): number {
  const { positions, classAt, skipsBlank } = spelling(letters, classes);
  let now = new Float64Array(positions);
  let next = new Float64Array(positions);
  now[0] = 1;
  let logScale = 0;
  for (let step = from; step < to; step++) {
    const row = step * classes;
    const { first, end } = reachable(positions, step - from, to - from);
    let largest = 0;
    for (let position = first; position < end; position++) {
      let sum = now[position]!;
      // Before the first step, only the start of the string has been reached.
      if (position > 0) sum += now[position - 1]!;
      if (skipsBlank[position]) sum += now[position - 2]!;
      if (step === from) sum = 1;
      next[position] = sum * probabilities[row + classAt[position]!]!;
      largest = Math.max(largest, next[position]!);
    }
    if (largest === 0) return Number.NEGATIVE_INFINITY;
    for (let position = first; position < end; position++) next[position]! /= largest;
    logScale += Math.log(largest);
    [now, next] = [next, now];
  }
  return Math.log(now[positions - 1]! + (positions > 1 ? now[positions - 2]! : 0)) + logScale;
}

/**
 * The steps at which each letter of a string is spelled on the most probable path; `to` is exclusive. Parameters as in
 * `logSpelling`. Null if the steps cannot spell the string.
 */
export function bestSteps(
  probabilities: Float64Array,
  classes: number,
  from: number,
  to: number,
  letters: Uint8Array,
): { from: number; to: number }[] | null {
  const { positions, classAt, skipsBlank } = spelling(letters, classes);
  const steps = to - from;
  let now = new Float64Array(positions).fill(Number.NEGATIVE_INFINITY);
  let next = now.slice();
  const used = [...new Set(classAt)];
  const logs = new Float64Array(classes);
  /** How many positions the path advances at a step, [steps, positions]. */
  const moves = new Uint8Array(steps * positions);
  for (let step = 0; step < steps; step++) {
    const row = (from + step) * classes;
    for (const each of used) logs[each] = Math.log(probabilities[row + each]!);
    const { first, end } = reachable(positions, step, steps);
    for (let position = first; position < end; position++) {
      let best = step === 0 ? 0 : now[position]!;
      let move = 0;
      if (step > 0 && position > 0 && now[position - 1]! > best) {
        best = now[position - 1]!;
        move = 1;
      }
      if (step > 0 && skipsBlank[position] && now[position - 2]! > best) {
        best = now[position - 2]!;
        move = 2;
      }
      next[position] = best + logs[classAt[position]!]!;
      moves[step * positions + position] = move;
    }
    [now, next] = [next, now];
  }
  let position = positions - 1;
  if (positions > 1 && now[positions - 2]! > now[positions - 1]!) position--;
  if (steps === 0 || now[position] === Number.NEGATIVE_INFINITY) return letters.length === 0 ? [] : null;
  const places = Array.from({ length: letters.length }, () => ({ from: 0, to: 0 }));
  for (let step = steps - 1; step >= 0; step--) {
    if (position % 2 === 1) {
      const place = places[position >> 1]!;
      if (place.to === 0) place.to = from + step + 1;
      place.from = from + step;
    }
    position -= moves[step * positions + position]!;
  }
  return places;
}

/** The positions of a path: a blank before and after each letter, and the letters. */
function spelling(letters: Uint8Array, classes: number) {
  const positions = 2 * letters.length + 1;
  /** The class at each position. */
  const classAt = new Uint8Array(positions).fill(classes - 1);
  /** 1 where a path may leave out the blank before a position: equal letters need it. */
  const skipsBlank = new Uint8Array(positions);
  for (const [index, letter] of letters.entries()) {
    classAt[2 * index + 1] = letter;
    if (index > 0 && letter !== letters[index - 1]) skipsBlank[2 * index + 1] = 1;
  }
  return { positions, classAt, skipsBlank };
}

/**
 * The positions that matter at a step, from `first` up to but not including `end`. A path advances by at most two, so others are
 * not reached yet or are too far from the end. In long lines, that is half of them.
 */
function reachable(positions: number, step: number, steps: number): { first: number; end: number } {
  return {
    first: Math.max(0, positions - 2 * (steps - step)),
    end: Math.min(positions, 2 * (step + 1)),
  };
}
