import type { Screen } from './screen.ts';

const COLORS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/**
 * The screen as text that shows its styles: `<bold cyan>Help</>`. Colors beyond the first 16 are palette indices (`fg=25`).
 * Unstyled spaces at the ends of lines are left out; `<` in the text is written `&lt;`.
 */
export function styledText({ terminal }: Screen): string {
  const { active } = terminal.buffer;
  const lines: string[] = [];
  for (let row = 0; row < terminal.rows; row++) {
    const line = active.getLine(active.baseY + row)!;
    const runs: { style: string; text: string }[] = [];
    for (let column = 0; column < terminal.cols; column++) {
      const cell = line.getCell(column)!;
      // The second column of a wide character.
      if (cell.getWidth() === 0) continue;
      const style = [
        cell.isBold() ? 'bold' : '',
        cell.isDim() ? 'dim' : '',
        cell.isInverse() ? 'inverse' : '',
        cell.isFgDefault() ? '' : colorName('fg', cell.getFgColor()),
        cell.isBgDefault() ? '' : colorName('bg', cell.getBgColor()),
      ]
        .filter(Boolean)
        .join(' ');
      const text = (cell.getChars() || ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      const last = runs.at(-1);
      if (last?.style === style) last.text += text;
      else runs.push({ style, text });
    }
    if (runs.at(-1)?.style === '') runs.at(-1)!.text = runs.at(-1)!.text.trimEnd();
    lines.push(runs.map(({ style, text }) => (style ? `<${style}>${text}</>` : text)).join(''));
  }
  return `${lines.join('\n')}\n`;
}

function colorName(layer: 'fg' | 'bg', index: number): string {
  if (layer === 'bg' || index > 15) return `${layer}=${index}`;
  return index > 7 ? `bright-${COLORS[index - 8]}` : COLORS[index]!;
}
