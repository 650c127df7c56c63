import { contrast, LEGIBLE, paletteColor, type Rgb } from './contrast.ts';
import type { Screen } from './screen.ts';

/** The characters that are not legible on one of the backgrounds, with the contrast. */
export function faintText({ terminal }: Screen, backgrounds: readonly Rgb[]): string[] {
  const faint: string[] = [];
  const { active } = terminal.buffer;
  for (let row = 0; row < terminal.rows; row++) {
    const line = active.getLine(active.baseY + row)!;
    for (let column = 0; column < terminal.cols; column++) {
      const cell = line.getCell(column)!;
      if (cell.isDim()) faint.push(`${cell.getChars()} in line ${row + 1} is dim`);
      // What the network sees is a picture.
      if (!cell.getChars().trim() || cell.isFgDefault() || !cell.isBgDefault()) continue;
      const color = paletteColor(cell.getFgColor());
      const lowest = Math.min(...backgrounds.map((background) => contrast(color, background)));
      if (lowest < LEGIBLE) faint.push(`${cell.getChars()} in line ${row + 1}: ${lowest.toFixed(2)}`);
    }
  }
  return faint;
}
