import { mergedCase } from '../core/labels.ts';

/** What a class label stands for, in words: `O`, `0` and `o` look alike. */
export function describe(label: string, labels: readonly string[]): string {
  if (/^\p{Nd}$/u.test(label)) return 'Digit';
  const other = mergedCase(label, labels);
  if (other !== null) {
    const [capital, small] = label === label.toUpperCase() ? [label, other] : [other, label];
    return `Capital ${capital} or small ${small}: the model reads both as one.`;
  }
  if (/^\p{Lu}$/u.test(label)) return 'Capital letter';
  if (/^\p{Ll}$/u.test(label)) return 'Small letter';
  return 'Character';
}

/** How sure the model is, as people say it. */
export function confidence(probability: number): string {
  if (probability >= 0.95) return 'Very sure';
  if (probability >= 0.8) return 'Sure';
  if (probability >= 0.5) return 'Fairly sure';
  return 'Only a guess';
}

/** `97%`, and never 100 % or 0 % for what is not quite. */
export function percent(probability: number): string {
  const rounded = Math.round(probability * 100);
  if (rounded === 100 && probability < 1) return '>99%';
  if (rounded === 0 && probability > 0) return '<1%';
  return `${rounded}%`;
}
