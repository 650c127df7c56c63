import { characterCount } from '../core/label-text.ts';
import { mergedCase } from '../core/labels.ts';
import type { ServerMessage } from '../core/server/protocol.ts';

export type Notice = NonNullable<Extract<ServerMessage, { type: 'prediction' }>['notice']>;

/** What the page says about a drawing instead of a character. */
const NOTICES: Readonly<Record<Notice, string>> = {
  'several-characters': 'Looks like several characters',
  'no-character': 'Does not look like a character',
  'not-sure': 'Not sure',
};

/** What a class label stands for in words, since `O`, `0` and `o` look alike. `labels`: those of the model that read. */
export function describeLabel(label: string, labels: readonly string[]): string {
  const cases = bothCases(label, labels);
  if (cases) return `Uppercase ${cases[0]} or lowercase ${cases[1]}. The model does not tell them apart.`;
  const kind = kindOf(label);
  // A word says itself what it is.
  if (kind === 'sign') return '';
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** How confident the model is, in words; the same words for probabilities that are shown as the same percentage. */
export function describeConfidence(probability: number): string {
  const percent = Math.round(probability * 100);
  if (percent >= 95) return 'Very confident';
  if (percent >= 80) return 'Confident';
  if (percent >= 50) return 'Fairly confident';
  return 'Just a guess';
}

/** `97%`. Only certainty is `100%`, and only impossibility `0%`. */
export function formatProbability(probability: number): string {
  const rounded = Math.round(probability * 100);
  if (rounded === 100 && probability < 1) return '>99%';
  if (rounded === 0 && probability > 0) return '<1%';
  return `${rounded}%`;
}

/**
 * What an influence map shows, and how much the most important ink matters.
 *
 * @param asked the class that was to be explained, which the network may not have
 */
export function influenceText(
  {
    label,
    probability,
    without,
  }: Pick<Extract<ServerMessage, { type: 'inside' }>, 'label' | 'probability' | 'without'>,
  asked: string | undefined,
): string {
  const about = asked === undefined || asked === label ? '' : `The network has no class for ${asked}. `;
  const shown = `${about}Where the color is strong, the ink matters most to ${label}.`;
  const [before, after] = [formatProbability(probability), formatProbability(without)];
  if (before === after) return shown;
  return `${shown} Without it, ${label} would have ${after} instead of ${before}.`;
}

/** How long a reading took: `1.2 ms`. */
export function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** The other letter that a label of an answer stands for; empty if it stands for one character. */
export function alsoStandsFor(label: string, labels: readonly string[]): string {
  return bothCases(label, labels)?.find((letter) => letter !== label) ?? '';
}

/** Why an answer should not be relied on. */
export function describeNotice(notice: Notice): string {
  return NOTICES[notice];
}

/**
 * What the model doubts about a drawing, as a sentence that also holds where only some characters are expected. `noCharacter`: the
 * probability that it is not one of them.
 */
export function describeDoubt(noCharacter: number | undefined): string {
  const percent = noCharacter === undefined ? '' : ` (${formatProbability(noCharacter)})`;
  return `This may be none of these characters${percent}.`;
}

/** A label with its kind, as part of a sentence: `the digit 0`. Words and signs stand for themselves. */
export function nameOf(label: string): string {
  const kind = kindOf(label);
  return kind === 'sign' ? label : `the ${kind} ${label}`;
}

/** The result in sentences, for screen readers. */
export function announceReading(
  { label, probability }: { label: string; probability: number },
  labels: readonly string[],
  notice?: Notice,
  noCharacter?: number,
): string {
  const cases = bothCases(label, labels);
  const what = cases
    ? `uppercase ${cases[0]} or lowercase ${cases[1]}, which the model does not tell apart`
    : nameOf(label);
  const percent = formatProbability(probability).replace('>', 'over ').replace('<', 'under ');
  if (notice === 'not-sure') return `Not sure. ${describeDoubt(noCharacter)} The model's guess is ${what}, ${percent}.`;
  if (notice) {
    const advice = notice === 'several-characters' ? 'Draw one at a time. ' : '';
    const reason = describeNotice(notice);
    return `This ${reason.charAt(0).toLowerCase()}${reason.slice(1)}. ${advice}The model's guess is ${what}, ${percent}.`;
  }
  return `Read as ${what}. ${describeConfidence(probability)}, ${percent}.`;
}

/** What to draw for a model with these labels: `one digit`. */
export function describeTask(labels: readonly string[]): string {
  const kinds = new Set(labels.map((label) => kindOf(label).split(' ').at(-1)));
  if (kinds.has('sign')) return 'one sign';
  if (kinds.has('character') || kinds.size === 0) return 'one character';
  if (kinds.size === 2) return 'one letter or digit';
  return `one ${[...kinds][0]}`;
}

/** The uppercase and the lowercase letter that a class stands for; null if it stands for one character. */
function bothCases(label: string, labels: readonly string[]): [string, string] | null {
  const other = mergedCase(label, labels);
  if (other === null || !labels.includes(label)) return null;
  return label === label.toUpperCase() ? [label, other] : [other, label];
}

function kindOf(label: string): string {
  // The labels of own data may be words.
  if (characterCount(label) > 1) return 'sign';
  if (/^\p{Nd}$/u.test(label)) return 'digit';
  if (/^\p{Lu}$/u.test(label)) return 'uppercase letter';
  if (/^\p{Ll}$/u.test(label)) return 'lowercase letter';
  return 'character';
}
