import type { TextEvent } from '../../app/events.ts';
import { percent } from '../../app/format.ts';
import { printable } from '../../app/text-layout.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

/**
 * `note.jsonl 0  hello 93.1%  hallo 2.4%`. Further lines of a drawing follow below its first one, without candidates. In other
 * candidates, `/` separates lines.
 */
export function describePredictedText({ source, index, candidates }: TextEvent, style: Style): Shown {
  const place = `${source} ${index}  `;
  const [best, ...others] = candidates;
  if (best === undefined) return { result: `${place}nothing` };
  const guesses = others.map(({ text, probability }) => `${onOneLine(text)} ${percent(probability)}`);
  const [first, ...more] = best.text.split('\n').map((line) => style.paint('bold', printable(line)));
  const lines = [`${place}${first}`, ...more.map((line) => ' '.repeat(place.length) + line)];
  const last = [`${lines.pop()} ${style.paint('bold', percent(best.probability))}`, ...guesses].join('  ');
  return { result: [...lines, last].join('\n') };
}

function onOneLine(text: string): string {
  return text.split('\n').map(printable).join(' / ');
}
