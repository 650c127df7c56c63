/**
 * The logarithm of the probability that steps of a line spell a string. `probabilities`: [steps, classes], of which the last class is
 * the blank; the steps are those from `from` to before `to`.
 */
export function logSpelling(
  probabilities: Float64Array,
  classes: number,
  from: number,
  to: number,
  letters: Uint8Array,
): number {
  const positions = 2 * letters.length + 1;
  let now = new Float64Array(positions);
  let next = new Float64Array(positions);
  now[0] = 1;
  let logScale = 0;
  for (let step = from; step < to; step++) {
    const row = step * classes;
    let largest = 0;
    for (let position = 0; position < positions; position++) {
      let sum = now[position]!;
      // Before the first step, only the start of the string has been reached.
      if (position > 0) sum += now[position - 1]!;
      if (skipsBlank(letters, position)) sum += now[position - 2]!;
      if (step === from) sum = position <= 1 ? 1 : 0;
      next[position] = sum * probabilities[row + classAt(letters, position, classes)]!;
      largest = Math.max(largest, next[position]!);
    }
    if (largest === 0) return Number.NEGATIVE_INFINITY;
    for (let position = 0; position < positions; position++) next[position]! /= largest;
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
  const positions = 2 * letters.length + 1;
  const steps = to - from;
  let now = new Float64Array(positions).fill(Number.NEGATIVE_INFINITY);
  let next = new Float64Array(positions);
  /** How many positions the path goes on at a step, [steps, positions]. */
  const moves = new Uint8Array(steps * positions);
  for (let step = 0; step < steps; step++) {
    const row = (from + step) * classes;
    for (let position = 0; position < positions; position++) {
      let best = step === 0 ? (position <= 1 ? 0 : Number.NEGATIVE_INFINITY) : now[position]!;
      let move = 0;
      if (step > 0 && position > 0 && now[position - 1]! > best) {
        best = now[position - 1]!;
        move = 1;
      }
      if (step > 0 && skipsBlank(letters, position) && now[position - 2]! > best) {
        best = now[position - 2]!;
        move = 2;
      }
      next[position] = best + Math.log(probabilities[row + classAt(letters, position, classes)]!);
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

/** The class at a position of a string with a blank before and behind each letter. */
function classAt(letters: Uint8Array, position: number, classes: number): number {
  return position % 2 === 0 ? classes - 1 : letters[position >> 1]!;
}

/** Whether a path may leave out the blank before a position. */
function skipsBlank(letters: Uint8Array, position: number): boolean {
  return position % 2 === 1 && position >= 3 && letters[position >> 1] !== letters[(position >> 1) - 1];
}
