import type { IBufferCell } from '@xterm/headless';
import type { Screen } from '../../tests/helpers/screen.ts';
import { CELL, type CellShape, cellShape } from './cell-shapes.ts';

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
font:13px/${CELL.height}px "DejaVu Sans Mono",Menlo,Consolas,monospace;letter-spacing:calc(${CELL.width}px - 1ch)}
.terminal span,.terminal svg{display:inline-block;height:${CELL.height}px;vertical-align:top;white-space:pre}
.terminal .block,.terminal .shade{fill:currentColor;shape-rendering:crispEdges}
.terminal .shade{fill-opacity:.3}
.terminal .dot{fill:currentColor}
.terminal .line{fill:none;stroke:currentColor}`;

/** Cells next to each other with the same style, which are either all shapes or all text. */
interface Run {
  readonly style: string;
  /** HTML. */
  text: string;
  columns: number;
  readonly shapes: CellShape[];
}

/** The contents of an emulated terminal as HTML, one line a row. */
export function terminalHtml({ terminal }: Screen): string {
  const { active } = terminal.buffer;
  const lines: string[] = [];
  for (let row = 0; row < terminal.rows; row++) {
    const line = active.getLine(active.baseY + row)!;
    const runs: Run[] = [];
    for (let column = 0; column < terminal.cols; column++) {
      const cell = line.getCell(column)!;
      const width = cell.getWidth();
      if (width === 0) continue;
      const style = cellStyle(cell);
      const character = cell.getChars() || ' ';
      let run = runs.at(-1);
      const isShape = cellShape(character, 0) !== undefined;
      if (run?.style !== style || run.shapes.length > 0 !== isShape) {
        run = { style, text: '', columns: 0, shapes: [] };
        runs.push(run);
      }
      const shape = cellShape(character, run.columns * CELL.width);
      if (shape) run.shapes.push(shape);
      else run.text += escapeHtml(character);
      run.columns += width;
    }
    lines.push(runs.map(runHtml).join(''));
  }
  return lines.join('\n');
}

function runHtml({ style, text, columns, shapes }: Run): string {
  const width = columns * CELL.width;
  if (shapes.length === 0) return `<span style="${style};width:${width}px">${text}</span>`;
  const paths = [...Map.groupBy(shapes, ({ kind }) => kind)].map(
    ([kind, ofKind]) => `<path class="${kind}" d="${ofKind.map(({ path }) => path).join('')}"/>`,
  );
  return `<svg style="${style}" width="${width}" height="${CELL.height}">${paths.join('')}</svg>`;
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
