import { count, percent } from '../../../src/app/format.ts';
import { section, table } from '../markdown.ts';
import type { Notices } from '../notices.ts';

/** What the canvas page says of drawings. */
export function noticesSection(notices: readonly Notices[]): string {
  return section(
    'What the canvas page says',
    'Besides what the model refuses, the canvas page notices by their shape some drawings that are not one character. These are drawings of test parts, and wrong groups made of them as above.',
    table(
      ['Drawings', 'Count', 'Several characters', 'No character', 'Not sure', 'No notice'],
      notices.map(({ title, count: number, shares }) => [
        title,
        count(number),
        percent(shares['several-characters']),
        percent(shares['no-character']),
        percent(shares['not-sure']),
        percent(shares.none),
      ]),
    ),
  );
}
