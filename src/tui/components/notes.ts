import { wrap } from '../../app/text-layout.ts';

/**
 * As many notes as fit, each as a whole. Where there is too little room, the later ones are left out.
 *
 * @param notes the most important first, in the order in which they are shown; empty ones are left out
 */
export function noteLines(notes: readonly string[], width: number, height: number): string[] {
  const lines: string[] = [];
  for (const note of notes.filter(Boolean)) {
    const wrapped = wrap(note, width);
    // Half of the most important one is better than none.
    if (lines.length === 0) lines.push(...wrapped.slice(0, Math.max(1, height)));
    else if (lines.length + wrapped.length > height) break;
    else lines.push(...wrapped);
  }
  return lines;
}
