import { alignLeft, wrap } from '../../app/text-layout.ts';
import type { Theme } from '../theme/theme.ts';

/** Something that is known about a thing, such as a model. */
export interface Fact {
  /** Absent if the text speaks for itself; empty if it continues the fact before. */
  readonly name?: string;
  readonly text: string;
}

const NAME_WIDTH = 12;

/** Facts below each other, their names on the left. */
export function factLines(facts: readonly Fact[], width: number, theme: Theme): string[] {
  return facts.flatMap(({ name, text }) => {
    const indent = name === undefined ? 0 : NAME_WIDTH;
    return wrap(text, Math.max(1, width - indent)).map(
      (line, index) => theme.paint('dim', alignLeft((index === 0 && name) || '', indent)) + line,
    );
  });
}
