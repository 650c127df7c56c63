import { mergedCase } from '../core/labels.ts';

/** What a class label stands for in words, since `O`, `0` and `o` look alike. */
export function describeLabel(label: string, labels: readonly string[]): string {
  if (/^\p{Nd}$/u.test(label)) return 'Digit';
  const other = mergedCase(label, labels);
  if (other !== null) {
    const [uppercase, lowercase] = label === label.toUpperCase() ? [label, other] : [other, label];
    return `Uppercase ${uppercase} or lowercase ${lowercase}. The model does not tell them apart.`;
  }
  if (/^\p{Lu}$/u.test(label)) return 'Uppercase letter';
  if (/^\p{Ll}$/u.test(label)) return 'Lowercase letter';
  return 'Character';
}

/** How confident the model is, in words. */
export function describeConfidence(probability: number): string {
  if (probability >= 0.95) return 'Very confident';
  if (probability >= 0.8) return 'Confident';
  if (probability >= 0.5) return 'Fairly confident';
  return 'Just a guess';
}

/** `97%`. Only certainty is `100%`, and only impossibility `0%`. */
export function formatProbability(probability: number): string {
  const rounded = Math.round(probability * 100);
  if (rounded === 100 && probability < 1) return '>99%';
  if (rounded === 0 && probability > 0) return '<1%';
  return `${rounded}%`;
}
