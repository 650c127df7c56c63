import type { IBufferCell } from '@xterm/headless';
import type { Screen } from '../../tests/helpers/screen.ts';

const BACKGROUND = '#16181d';
const FOREGROUND = '#d6d9e0';
/** The first 16 colors; the rest of the 256 follow from xterm's color cube. */
const ANSI = [
  ...['#1d1f26', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#c8ccd4'],
  ...['#6b7280', '#ff7b85', '#b5e08f', '#ffd68a', '#7cc4ff', '#dd9bf0', '#7fdbe6', '#ffffff'],
];

/** Style of a `<pre class="terminal">` around `terminalHtml`: a terminal with a dark background. */
export const TERMINAL_CSS = `
.terminal{display:inline-block;margin:0;padding:14px 16px;color:${FOREGROUND};background:${BACKGROUND};
font:14px/17px "DejaVu Sans Mono",Menlo,Consolas,monospace}
.terminal span{display:inline-block;height:17px;vertical-align:top;white-space:pre}`;

/** The contents of an emulated terminal as HTML, one line a row. */
export function terminalHtml({ terminal }: Screen): string {
  const { active } = terminal.buffer;
  const lines: string[] = [];
  for (let row = 0; row < terminal.rows; row++) {
    const line = active.getLine(active.baseY + row)!;
    const runs: { style: string; text: string; columns: number }[] = [];
    for (let column = 0; column < terminal.cols; column++) {
      const cell = line.getCell(column)!;
      const width = cell.getWidth();
      if (width === 0) continue;
      const style = cellStyle(cell);
      const text = escapeHtml(cell.getChars() || ' ');
      const last = runs.at(-1);
      if (last?.style === style) {
        last.text += text;
        last.columns += width;
      } else runs.push({ style, text, columns: width });
    }
    // With a width, since characters that the font lacks, such as braille, are not as wide as a cell.
    lines.push(
      runs.map(({ style, text, columns }) => `<span style="${style};width:${columns}ch">${text}</span>`).join(''),
    );
  }
  return lines.join('\n');
}

function cellStyle(cell: IBufferCell): string {
  let foreground = cell.isFgDefault() ? FOREGROUND : color(cell.getFgColor(), cell.isFgRGB());
  let background = cell.isBgDefault() ? 'transparent' : color(cell.getBgColor(), cell.isBgRGB());
  if (cell.isInverse()) [foreground, background] = [background === 'transparent' ? BACKGROUND : background, foreground];
  const weight = cell.isBold() ? ';font-weight:bold' : '';
  const opacity = cell.isDim() ? ';opacity:.6' : '';
  return `color:${foreground};background:${background}${weight}${opacity}`;
}

function color(value: number, isRgb: boolean): string {
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
  if (value < 16) return ANSI[value]!;
  if (value >= 232) return `rgb(${Array(3).fill(8 + (value - 232) * 10)})`;
  const level = (digit: number) => (digit === 0 ? 0 : 55 + digit * 40);
  const cube = value - 16;
  return `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
