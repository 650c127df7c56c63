import type { Browser } from 'playwright-core';
import type { Screen } from '../tests/helpers/screen.ts';

const BACKGROUND = '#16181d';
const FOREGROUND = '#d6d9e0';
/** The first 16 colors; the rest of the 256 follow from xterm's color cube. */
const ANSI = [
  ...['#1d1f26', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#c8ccd4'],
  ...['#6b7280', '#ff7b85', '#b5e08f', '#ffd68a', '#7cc4ff', '#dd9bf0', '#7fdbe6', '#ffffff'],
];

/** A PNG of what stands on an emulated terminal, as a terminal with a dark background would show it. */
export async function terminalPicture(screen: Screen, browser: Browser): Promise<Buffer> {
  const page = await browser.newPage({ deviceScaleFactor: 2 });
  await page.setContent(
    `<style>body{margin:0;background:${BACKGROUND}}
pre{display:inline-block;margin:0;padding:14px 16px;color:${FOREGROUND};background:${BACKGROUND};
font:14px/17px "DejaVu Sans Mono",Menlo,Consolas,monospace}
span{display:inline-block;height:17px;vertical-align:top;white-space:pre}</style><pre>${rows(screen)}</pre>`,
  );
  const picture = await page.locator('pre').screenshot();
  await page.close();
  return picture;
}

function rows({ terminal }: Screen): string {
  const { active } = terminal.buffer;
  const lines: string[] = [];
  for (let row = 0; row < terminal.rows; row++) {
    const line = active.getLine(active.baseY + row)!;
    let html = '';
    for (let column = 0; column < terminal.cols; column++) {
      const cell = line.getCell(column)!;
      if (cell.getWidth() === 0) continue;
      let ink = cell.isFgDefault() ? FOREGROUND : color(cell.getFgColor(), cell.isFgRGB());
      let paper = cell.isBgDefault() ? 'transparent' : color(cell.getBgColor(), cell.isBgRGB());
      if (cell.isInverse()) [ink, paper] = [paper === 'transparent' ? BACKGROUND : paper, ink];
      const style = [
        `color:${ink};background:${paper};width:${cell.getWidth()}ch`,
        cell.isBold() ? 'font-weight:bold' : '',
        cell.isDim() ? 'opacity:.6' : '',
      ];
      html += `<span style="${style.filter(Boolean).join(';')}">${escapeHtml(cell.getChars() || ' ')}</span>`;
    }
    lines.push(html);
  }
  return lines.join('\n');
}

function color(value: number, rgb: boolean): string {
  if (rgb) return `#${value.toString(16).padStart(6, '0')}`;
  if (value < 16) return ANSI[value]!;
  if (value >= 232) return `rgb(${Array(3).fill(8 + (value - 232) * 10)})`;
  const level = (digit: number) => (digit === 0 ? 0 : 55 + digit * 40);
  const cube = value - 16;
  return `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
