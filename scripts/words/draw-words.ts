import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { drawStrokes, launchBrowser } from '../../tests/helpers/browser.ts';
import { quantile } from '../report/statistics.ts';
import { chooseLine, chooseWords, sizeOn } from './browser/chosen-writing.ts';
import { type DrawProgram, startDrawProgram } from './browser/draw-program.ts';
import { installClock, type StrokeTimes, timesOfStroke } from './browser/page-clock.ts';
import { isHeldOut, readWritten, type Written } from './pen-data.ts';

/**
 * Writes words and a line on the page of the built program, in Chromium at the size of a laptop and of a phone, with real pointer
 * events, and prints what the page and the terminal say and how long it took after each stroke. By default the words are by
 * writers that are held out of training; `--test` takes those of the test files.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    test: { type: 'boolean', default: false },
    count: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    /** A folder for pictures of the page. */
    out: { type: 'string' },
  },
});
const DEVICES: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ['laptop', { viewport: { width: 1280, height: 800 } }],
  ['phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }],
];
const SECONDS = 20;

if (values.out) await mkdir(values.out, { recursive: true });
const seed = Number(values.seed);
const words = chooseWords(await writing('words'), Number(values.count), seed);
const line = chooseLine(await writing('lines'), seed);
const { browser, reason } = await launchBrowser();
if (!browser) throw new Error(reason);
try {
  for (const [name, options] of DEVICES) await drawOn(browser, name, options);
} finally {
  await browser.close();
}

async function writing(kind: 'words' | 'lines'): Promise<Written[]> {
  const all = await readWritten(values.shared, `unipen-${kind}-${values.test ? 'test' : 'train'}`);
  return values.test ? all : all.filter(isHeldOut);
}

async function drawOn(browser: Browser, device: string, options: BrowserContextOptions): Promise<void> {
  // For each device, so that what was accepted on one does not help the other.
  await using program = await startDrawProgram();
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await installClock(page);
  await page.goto(program.url);
  await page.getByText('Connected', { exact: true }).waitFor({ state: 'attached' });
  const { width, height } = options.viewport!;
  console.log(`\n${device}, ${width}x${height}`);
  await picture(page, device, 'empty');
  const times: StrokeTimes[] = [];
  const touch = options.hasTouch === true;
  let right = 0;
  for (const [index, word] of words.entries()) {
    const taken = await write(page, program, word, touch, times.length);
    times.push(...taken);
    const read = await answer(page);
    right += Number(isSame(read, word.label));
    print(word, read, program, taken);
    await picture(page, device, `word-${index + 1}`);
    await page.locator('#accept').click();
    await until('the word to be accepted', async () => (await answer(page)) === '');
  }
  console.log(`${right} of ${words.length} words right, regardless of case`);
  if (line) times.push(...(await writeLine(page, program, line, device, touch, times.length)));
  const milliseconds = (key: keyof StrokeTimes, share: number) =>
    quantile(
      times.map((taken) => taken[key]),
      share,
    ).toFixed(1);
  console.log(
    `${times.length} strokes. From pen up to the text on the page: median ${milliseconds('shown', 0.5)} ms, ` +
      `99 % within ${milliseconds('shown', 0.99)} ms; reading alone ${milliseconds('reading', 0.5)} ms, ${milliseconds('reading', 0.99)} ms`,
  );
  await context.close();
}

/** Draws a line of three words in one go, takes the last stroke back and draws it again, corrects a word, and accepts. */
async function writeLine(
  page: Page,
  program: DrawProgram,
  line: Written,
  device: string,
  touch: boolean,
  before: number,
): Promise<StrokeTimes[]> {
  const taken = await write(page, program, line, touch, before);
  const read = await answer(page);
  print(line, read, program, taken);
  await picture(page, device, 'line');
  await page.locator('#undo').click();
  await terminalText(program, line.strokes.length - 1);
  console.log(`  after Undo: ${await answer(page)}`);
  await page.locator('#redo').click();
  await until('Redo', async () => (await answer(page)) === read);
  const word = page.locator('.word').first();
  await word.click();
  const candidates = await page.locator('.candidate:visible bdi').allTextContents();
  const wanted = line.label.split(' ')[0]!;
  const choice = candidates.find((text) => isSame(text, wanted)) ?? candidates[1];
  if (choice !== undefined) {
    await page.locator('.candidate:visible').nth(candidates.indexOf(choice)).click();
    console.log(`  ${await word.textContent()} of ${candidates.join(' | ')} chosen: ${await answer(page)}`);
  }
  await picture(page, device, 'line-chosen');
  const accepted = await answer(page);
  await page.locator('#accept').click();
  await until('the line to be printed', async () =>
    program.events.some((e) => e.event === 'accepted' && e.text === accepted),
  );
  console.log(`  text: ${await page.locator('#text').inputValue()}`);
  await picture(page, device, 'text');
  return taken;
}

/** Draws, and waits for the answer after each stroke. */
async function write(
  page: Page,
  program: DrawProgram,
  written: Written,
  touch: boolean,
  before: number,
): Promise<StrokeTimes[]> {
  const paper = (await page.locator('#canvas').boundingBox())!;
  const taken: StrokeTimes[] = [];
  const onStroke = async () => void taken.push(await timesOfStroke(page, before + taken.length + 1));
  await drawStrokes(page, written.strokes, { size: sizeOn(paper, written), steps: 1, touch, onStroke });
  await terminalText(program, written.strokes.length);
  return taken;
}

/** Waits until the terminal has printed how a line with this many strokes was read. */
async function terminalText(program: DrawProgram, strokes: number): Promise<void> {
  await until('the terminal', async () => {
    const last = program.events.at(-1);
    return last?.event === 'text' && last.strokes === strokes;
  });
}

function print(
  { label, inkStyle, strokes }: Written,
  read: string,
  { events }: DrawProgram,
  taken: StrokeTimes[],
): void {
  const last = events.at(-1);
  const printed = last?.event === 'text' ? last.text : '';
  const worst = (key: keyof StrokeTimes) => Math.max(...taken.map((times) => times[key])).toFixed(1);
  console.log(
    `${isSame(read, label) ? ' ' : '!'} ${label} (${inkStyle}, ${strokes.length} strokes): page ${read}, terminal ${printed}; ` +
      `at most ${worst('shown')} ms to the text, ${worst('reading')} ms reading`,
  );
}

async function answer(page: Page): Promise<string> {
  return (await page.locator('#answer').textContent()) ?? '';
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

async function picture(page: Page, device: string, name: string): Promise<void> {
  if (values.out)
    await page.screenshot({ path: path.join(values.out, `${device}-${name}.png`), animations: 'disabled' });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 1000 * SECONDS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${SECONDS} s for ${what}`);
    await setTimeout(10);
  }
}
