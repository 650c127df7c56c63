import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium, type LaunchOptions, type Page } from 'playwright-core';
import { messageOf } from '../../src/core/errors.ts';
import { acquireLock } from '../../src/core/files/lock.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';

export type Launched = { browser: Browser; reason: null } | { browser: null; reason: string };

const ARGUMENTS = ['--no-sandbox', '--disable-background-networking', '--font-render-hinting=none'];

/**
 * Starts a headless Chromium with a fresh profile: `CHROME_PATH`, else the one in `@sparticuz/chromium` (Linux only), else
 * an installed one. If none starts, `reason` says what was tried, for skipped tests to print.
 */
export async function launchBrowser(): Promise<Launched> {
  const tried: string[] = [];
  for (const [name, find] of candidates()) {
    try {
      const browser = await chromium.launch({ headless: true, args: ARGUMENTS, ...(await find()) });
      return { browser, reason: null };
    } catch (error) {
      tried.push(`${name}: ${messageOf(error).split('\n')[0]}`);
    }
  }
  return { browser: null, reason: `no Chromium found (${tried.join('; ')}); set CHROME_PATH to use another one` };
}

function candidates(): [name: string, find: () => Promise<LaunchOptions>][] {
  const configured = process.env.CHROME_PATH;
  if (configured) return [[configured, async () => ({ executablePath: configured })]];
  return [
    ['@sparticuz/chromium', async () => ({ executablePath: await unpackedChromium() })],
    ['Chrome', async () => ({ channel: 'chrome' })],
    ...['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].map(
      (file): [string, () => Promise<LaunchOptions>] => [
        file,
        async () => {
          await access(file, constants.X_OK);
          return { executablePath: file };
        },
      ],
    ),
  ];
}

/** Unpacks the packaged Chromium, under a lock, since test files run concurrently and a partial one does not start. */
export async function unpackedChromium(): Promise<string> {
  if (process.platform !== 'linux') throw new Error('only for Linux');
  await using _lock = await acquireLock(path.join(tmpdir(), 'emnist-tui-chromium.lock'), { wait: true });
  return await sparticuz.executablePath();
}

export interface Writing {
  /** Longer side of the drawing, relative to the shorter side of the canvas. Default 0.6. */
  size?: number;
  /** The center of the drawing, relative to the size of the canvas. Default: the center of the canvas. */
  at?: readonly [number, number];
  /** Draws with a pen with this pressure, 0 to 1, instead of the mouse. */
  pressure?: number;
  /** Draws with a finger instead. */
  touch?: boolean;
  /** How many movements lead from a point to the next. Default 3. */
  steps?: number;
  /** Called and awaited after each movement of the pen, in pixels of the page. */
  onMove?: (x: number, y: number) => Promise<void>;
  /** Called and awaited after each stroke. */
  onStroke?: () => Promise<void>;
}

/**
 * Draws on the canvas page with real pointer events.
 *
 * @param strokes in any unit; their aspect ratio is kept
 */
export async function drawStrokes(
  page: Page,
  strokes: Drawing,
  { size = 0.6, at: [atX, atY] = [0.5, 0.5], pressure, touch, steps = 3, onMove, onStroke }: Writing = {},
): Promise<void> {
  const box = await page.locator('#canvas').boundingBox();
  if (!box) throw new Error('The page shows no canvas.');
  const points = strokes.flat();
  const [left, top] = [Math.min(...points.map(([x]) => x)), Math.min(...points.map(([, y]) => y))];
  const width = Math.max(...points.map(([x]) => x)) - left;
  const height = Math.max(...points.map(([, y]) => y)) - top;
  const scale = (Math.min(box.width, box.height) * size) / Math.max(width, height, Number.EPSILON);
  const place = ([x, y]: readonly [number, number, number?]): [number, number] => [
    box.x + box.width * atX + (x - left - width / 2) * scale,
    box.y + box.height * atY + (y - top - height / 2) * scale,
  ];
  const pen = touch ? await finger(page) : pressure === undefined ? mouse(page) : await stylus(page, pressure);
  for (const stroke of strokes) {
    await pen.down(...place(stroke[0]!));
    let [fromX, fromY] = place(stroke[0]!);
    for (const point of stroke.slice(1)) {
      const [x, y] = place(point);
      for (let step = 1; step <= steps; step++) {
        const at = [fromX + ((x - fromX) * step) / steps, fromY + ((y - fromY) * step) / steps] as const;
        await pen.move(...at);
        await onMove?.(...at);
      }
      [fromX, fromY] = [x, y];
    }
    await pen.up(fromX, fromY);
    await onStroke?.();
  }
}

type Pen = Record<'down' | 'move' | 'up', (x: number, y: number) => Promise<unknown>>;

function mouse({ mouse }: Page): Pen {
  return {
    async down(x, y) {
      await mouse.move(x, y);
      await mouse.down();
    },
    move: (x, y) => mouse.move(x, y),
    up: () => mouse.up(),
  };
}

/** Playwright has no pen, but the DevTools protocol does. */
async function stylus(page: Page, force: number): Promise<Pen> {
  const session = await page.context().newCDPSession(page);
  const send = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased') => (x: number, y: number) =>
    session.send('Input.dispatchMouseEvent', {
      type,
      x,
      y,
      pointerType: 'pen',
      button: 'left',
      buttons: type === 'mouseReleased' ? 0 : 1,
      force: type === 'mouseReleased' ? 0 : force,
    });
  return { down: send('mousePressed'), move: send('mouseMoved'), up: send('mouseReleased') };
}

/** Playwright's finger can only tap. */
async function finger(page: Page): Promise<Pen> {
  const session = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove') => (x: number, y: number) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x, y }] });
  const up = () => session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  return { down: send('touchStart'), move: send('touchMove'), up };
}
