/** One in this many samples is held out. */
const HELD_OUT = 5;

/** Fewer samples cannot be divided into those to learn from and those to measure on. */
export const MIN_SAMPLES = HELD_OUT;

/**
 * Holds out every fifth sample of each label, in the order they were labeled: of the first label the fifth, of the second the fourth,
 * and so on, so that labels with fewer than five samples are measured too. Adding samples later does not change which are held out.
 * Of a label that the model does not know yet, the only sample is learned from. If this holds out none of five samples or more,
 * the latest is held out, unless each is such an only sample.
 */
export function holdOut<Sample extends { label: string }>(
  samples: readonly Sample[],
  isKnown: (label: string) => boolean,
): { learned: Sample[]; heldOut: Sample[] } {
  const counts = new Map<string, number>();
  for (const { label } of samples) counts.set(label, (counts.get(label) ?? 0) + 1);
  const labels = [...counts.keys()];
  const mayBeHeld = ({ label }: Sample) => isKnown(label) || counts.get(label)! > 1;
  const seen = new Map<string, number>();
  const isHeldOut = samples.map((sample) => {
    const rank = seen.get(sample.label) ?? 0;
    seen.set(sample.label, rank + 1);
    return (rank + labels.indexOf(sample.label)) % HELD_OUT === HELD_OUT - 1 && mayBeHeld(sample);
  });
  if (samples.length >= MIN_SAMPLES && !isHeldOut.includes(true)) {
    const latest = samples.findLastIndex(mayBeHeld);
    if (latest >= 0) isHeldOut[latest] = true;
  }
  return {
    learned: samples.filter((_, index) => !isHeldOut[index]),
    heldOut: samples.filter((_, index) => isHeldOut[index]),
  };
}
