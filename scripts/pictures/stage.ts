import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import type { GifFrame } from './gif.ts';
import type { TimedShot } from './recording.ts';
import { TERMINAL_CSS } from './terminal-html.ts';

export interface StageSize {
  readonly width: number;
  readonly height: number;
  /** Of the canvas page on the stage. */
  readonly pageWidth: number;
  readonly pageHeight: number;
}

/** The size of a window's bar. */
const BAR = 26;
export const MARGIN = 10;

const CSS = `
*{box-sizing:border-box}
body{margin:0;padding:${MARGIN}px;display:flex;gap:${MARGIN}px;background:#2b303b;overflow:hidden}
.window:only-child{flex:1}
.window{border-radius:8px;overflow:hidden;background:#16181d}
.bar{height:${BAR}px;display:flex;align-items:center;gap:7px;padding:0 12px;background:#3a404d;color:#c8ccd4;
font:12px "DejaVu Sans",sans-serif}
.bar i{width:10px;height:10px;border-radius:50%;background:#6b7280}
.key{margin-left:auto;padding:1px 9px;border-radius:4px;background:#e5c07b;color:#16181d;font-weight:bold}
.page{position:relative;display:block}
.page img{display:block;width:100%}
.mouse{position:absolute;width:18px;height:18px}
${TERMINAL_CSS}`;

const MOUSE = `<svg class="mouse" viewBox="0 0 18 18" style="left:LEFTpx;top:TOPpx"><path d="M1 1v13l3.4-3 2.2 5 2.4-1-2.2-5H12z"
fill="#16181d" stroke="#fff"/></svg>`;

/** Draws shots as a desktop with a terminal and, where a shot has the canvas page, a browser beside it. */
export async function renderShots(shots: readonly TimedShot[], size: StageSize, browser: Browser): Promise<GifFrame[]> {
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: 1 });
  const frames: GifFrame[] = [];
  for (const shot of shots) {
    await page.setContent(`<style>${CSS}</style>${stageHtml(shot, size)}`);
    const { data } = PNG.sync.read(await page.screenshot());
    frames.push({ rgba: new Uint8Array(data), milliseconds: shot.milliseconds });
  }
  await page.close();
  return frames;
}

function stageHtml({ terminal, page, mouse, key }: TimedShot, size: StageSize): string {
  const cap = key === undefined ? '' : `<span class="key">${key}</span>`;
  const html = windowHtml(`emnist-tui${cap}`, `<pre class="terminal">${terminal}</pre>`);
  if (!page) return html;
  const pointer = mouse ? MOUSE.replace('LEFT', String(mouse[0])).replace('TOP', String(mouse[1])) : '';
  const picture = `<img src="data:image/png;base64,${page.toString('base64')}">${pointer}`;
  return html + windowHtml('Browser', `<div class="page" style="width:${size.pageWidth}px">${picture}</div>`);
}

function windowHtml(title: string, content: string): string {
  return `<div class="window"><div class="bar"><i></i><i></i><i></i>${title}</div>${content}</div>`;
}
