import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Program } from '../../cli/run.ts';
import { launchBrowser } from '../../helpers/browser.ts';
import type { Field } from './field.ts';

/** The best prediction on the page, in this version or in the one before. */
export const ANSWER = '#answer, #best-label';
/** How long a trial waits for the page to show something. */
export const PATIENCE = { timeout: 6000 };

/** A page of `draw`, connected. */
export interface OpenCanvas {
  readonly program: Program;
  readonly page: Page;
  readonly url: string;
}

/** Starts `draw` with the shipped model. */
export async function startDraw(field: Field, ...args: string[]): Promise<{ program: Program; url: string }> {
  const program = field.start(['draw', '--json', '--no-open', '--model', 'shipped', ...args]);
  const url = await program.until(({ stdout }) => /"url":"([^"]+)"/.exec(stdout)?.[1]);
  return { program, url };
}

/** Starts `draw` and opens its page; `prepare` runs before the page loads. */
export async function openCanvas(
  field: Field,
  options: BrowserContextOptions = {},
  prepare: (page: Page) => unknown = () => {},
): Promise<OpenCanvas> {
  const { program, url } = await startDraw(field);
  const { browser, reason } = await launchBrowser();
  if (!browser) throw new Error(reason);
  field.defer(() => browser.close());
  const page = await (await browser.newContext(options)).newPage();
  await prepare(page);
  await page.goto(url);
  await page.getByText('Connected', { exact: true }).waitFor();
  return { program, page, url };
}

/** Waits until the page shows this as the best prediction. */
export async function waitForAnswer(page: Page, label: string): Promise<void> {
  await page.locator(ANSWER).getByText(label, { exact: true }).waitFor(PATIENCE);
}

/** Everything that is visible on the page, with the label of the answer. */
export async function textOf(page: Page): Promise<string> {
  return (await page.locator('body').innerText()).replace(/\s+/g, ' ');
}

/** Whether a text becomes visible within a few seconds. */
export async function becomesVisible(page: Page, text: RegExp): Promise<boolean> {
  return await page
    .getByText(text)
    .first()
    .waitFor(PATIENCE)
    .then(
      () => true,
      () => false,
    );
}

/** Why a trial in a browser cannot run on this machine; null if it can. */
export async function skip(): Promise<string | null> {
  const { browser, reason } = await launchBrowser();
  await browser?.close();
  return reason;
}

/** Resolves in the page when what has changed is painted. */
export const NEXT_FRAME = 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))';
