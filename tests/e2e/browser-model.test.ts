import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { DrawEvent } from '../../src/core/events.ts';
import { drawStrokes, launchBrowser } from '../helpers/browser.ts';
import { openCanvas, waitForReading } from '../helpers/canvas-page.ts';
import { TEMPLATES } from '../helpers/template-recogniser.ts';

const { browser, reason } = await launchBrowser();
if (reason) process.stderr.write(`Skipped: drawing with the shipped model, since ${reason}\n`);
afterAll(() => browser?.close());

describe.skipIf(!browser)(`the shipped model${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('reads what is drawn in the browser, and `draw --json` prints the same', async () => {
    const executable = fileURLToPath(new URL('../../bin/emnist-tui.js', import.meta.url));
    const program = spawn(process.execPath, [executable, 'draw', '--model', 'shipped', '--no-open', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void program.kill('SIGKILL'));
    const events: DrawEvent[] = [];
    let text = '';
    const listening = Promise.withResolvers<string>();
    program.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const complete = text.split('\n');
      text = complete.pop()!;
      for (const line of complete) {
        const event: DrawEvent = JSON.parse(line);
        events.push(event);
        if (event.event === 'listening') listening.resolve(event.url);
      }
    });
    program.on('exit', () => listening.reject(new Error('emnist-tui draw ended at once')));

    const page = await openCanvas(browser!, await listening.promise);
    for (const label of ['T', 'X', '7', 'L', 'C']) {
      await drawStrokes(page, TEMPLATES[label]!);
      await waitForReading(page, label);
      const strokes = TEMPLATES[label]!.length;
      await expect
        .poll(() => events.findLast(({ event }) => event === 'prediction'))
        .toMatchObject({ client: 1, strokes, predictions: [{ label }, {}, {}, {}, {}] });
      await page.keyboard.press('Escape');
      await waitForReading(page, '?');
    }
    program.kill('SIGINT');
    expect(await once(program, 'exit')).toEqual([130, null]);
  });
});
