import type { Drawing } from '../../../../src/core/strokes/drawing.ts';
import { CHARACTERS } from '../../../accuracy/characters.ts';
import { drawStrokes } from '../../../helpers/browser.ts';
import { canBeReached, inkShare } from '../../../helpers/canvas-page.ts';
import {
  ANSWER,
  becomesVisible,
  NEXT_FRAME,
  openCanvas,
  PATIENCE,
  skip,
  startDraw,
  textOf,
  waitForAnswer,
} from '../canvas.ts';
import type { Trial } from '../field.ts';

/** Two characters beside each other. */
function pair(left: string, right: string): Drawing {
  return [...CHARACTERS[left]!, ...CHARACTERS[right]!.map((stroke) => stroke.map(([x, y]) => [x + 110, y] as const))];
}

export const TRIALS: readonly Trial[] = [
  {
    id: '23',
    title: 'the page and the output say when a drawing looks like several characters, or like none',
    skip,
    async run(field) {
      const { program, page } = await openCanvas(field);
      const several = async () => await becomesVisible(page, /several characters/i);
      for (const [left, right] of ['TL', 'AB', '47'].map((both) => [...both] as [string, string])) {
        await drawStrokes(page, pair(left, right), { size: 0.7 });
        field.check(await several(), `${left}${right} is said to look like several characters`);
        field.observe(`${left}${right}: ${(await textOf(page)).slice(0, 400)}`);
        await page.keyboard.press('Escape');
      }
      const box = (await page.locator('canvas').first().boundingBox())!;
      await page.mouse.click(box.x + box.width / 3, box.y + box.height / 2);
      field.check(await becomesVisible(page, /not look like a character/i), 'a click is said not to look like one');
      field.observe(`a click: ${(await textOf(page)).slice(0, 400)}`);
      await page.keyboard.press('Escape');
      for (const label of ['T', 'X', 'K', 'H', 'E', '4', '5']) {
        await drawStrokes(page, CHARACTERS[label]!);
        await waitForAnswer(page, label);
        field.check(!/several|not look like/i.test(await textOf(page)), `${label} alone is read without a notice`);
        await page.keyboard.press('Escape');
      }
      // Unfinished drawings may also get the notice of a model that is not sure.
      const notices = new Set([...program.stdout.matchAll(/"notice":"([a-z-]+)"/g)].map(([, notice]) => notice));
      const both = notices.has('several-characters') && notices.has('no-character');
      field.check(both, `--json has both notices: ${[...notices].join(', ')}`);
    },
  },
  {
    id: '25a',
    title: 'a reading is not shown as current when the server is gone',
    skip,
    async run(field) {
      const { program, page } = await openCanvas(field);
      await drawStrokes(page, CHARACTERS.T!);
      await waitForAnswer(page, 'T');
      const colors = () =>
        page.evaluate<string>(
          `(({ color, backgroundColor }) => color + ' on ' + backgroundColor)(getComputedStyle(document.querySelector('${ANSWER}')))`,
        );
      const before = await colors();
      program.kill('SIGKILL');
      field.check(
        await becomesVisible(page, /^Connection lost|^Not connected/),
        'the page says that it is not connected',
      );
      field.check(await becomesVisible(page, /last reading/i), 'the reading is called the last one');
      const after = await colors();
      field.check(before !== after, `the answer is dimmed: ${before} before, ${after} after`);
      field.observe(await textOf(page));
    },
  },
  {
    id: '25b',
    title: 'a server that is stopped is noticed within seconds, and so is that it goes on',
    skip: async () => (process.platform === 'win32' ? 'Windows cannot stop a process' : await skip()),
    async run(field) {
      const { program, page } = await openCanvas(field);
      await drawStrokes(page, CHARACTERS.T!);
      await waitForAnswer(page, 'T');
      program.kill('SIGSTOP');
      const began = performance.now();
      const noticed = await page
        .getByText('Connected', { exact: true })
        .waitFor({ state: 'hidden', ...PATIENCE })
        .then(
          () => true,
          () => false,
        );
      field.check(
        noticed,
        `the page no longer says "Connected": after ${((performance.now() - began) / 1000).toFixed(1)} s`,
      );
      field.observe(await textOf(page));
      program.kill('SIGCONT');
      field.check(await becomesVisible(page, /^Connected$/), 'it says so again when the server goes on');
    },
  },
  {
    id: '25c',
    title: 'a drawing survives a reload, and Back and forward',
    skip,
    async run(field) {
      const { page } = await openCanvas(field);
      await drawStrokes(page, CHARACTERS.T!);
      await waitForAnswer(page, 'T');
      const drawn = await inkShare(page);
      const kept = async (what: string) => {
        await page.getByText('Connected', { exact: true }).waitFor();
        const isRead = await waitForAnswer(page, 'T').then(
          () => true,
          () => false,
        );
        const share = await inkShare(page);
        field.check(isRead && Math.abs(share - drawn) < drawn / 20, `after ${what}, the drawing is there, and read`);
      };
      await page.reload();
      await kept('a reload');
      await page.goto('about:blank');
      await page.goBack();
      await kept('Back');
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.evaluate(NEXT_FRAME);
      field.check((await inkShare(page)) === 0, 'what was drawn before can be undone');
    },
  },
  {
    id: '25d',
    title: 'a page of a server that was restarted with another token says what to do',
    skip,
    async run(field) {
      const { program, page, url } = await openCanvas(field);
      await drawStrokes(page, CHARACTERS.T!);
      await waitForAnswer(page, 'T');
      program.kill('SIGKILL');
      await program.end();
      await startDraw(field, '--port', new URL(url).port);
      field.check(await becomesVisible(page, /restarted.*open the URL/i), 'it says to open the URL that is shown now');
      field.observe(await textOf(page));
    },
  },
  {
    id: '27a',
    title: 'everything can be reached in small windows, scrolling in one direction only',
    skip,
    async run(field) {
      for (const [width, height] of [
        [320, 256],
        [667, 280],
        [400, 300],
      ] as const) {
        const { page } = await openCanvas(field, { viewport: { width, height } });
        await drawStrokes(page, CHARACTERS.T!);
        await waitForAnswer(page, 'T');
        const across = await page.evaluate<number>('document.documentElement.scrollWidth');
        field.check(across <= width, `${width}x${height}: the page is ${across} wide`);
        const controls = [
          'canvas',
          '#undo',
          '#redo',
          '#clear',
          ANSWER,
          '#predictions li:last-child',
          '#seen',
          '#model',
        ];
        for (const control of controls) {
          const hit = await canBeReached(page, control);
          field.check(hit, `${width}x${height}: ${control} can be seen whole, with nothing on top of it`);
        }
      }
    },
  },
  {
    id: '27b',
    title: 'the focus stays where it is after Clear, and screen readers get sentences, from the keyboard pen too',
    skip,
    async run(field) {
      const { page } = await openCanvas(field);
      await drawStrokes(page, CHARACTERS.T!);
      await waitForAnswer(page, 'T');
      const spoken = async (text: RegExp) =>
        await page
          .locator('#announcement')
          .getByText(text)
          .waitFor({ state: 'attached', ...PATIENCE })
          .then(
            () => true,
            () => false,
          );
      field.check(await spoken(/^[A-Z][^,]*\bT\b.*\.$/), 'the reading is a sentence');
      field.observe(`spoken: ${await page.locator('#announcement').textContent()}`);
      field.check(!(await page.locator('#announcement').textContent())!.includes('.,'), 'with no comma after a period');
      await page.locator('#clear').focus();
      await page.keyboard.press('Enter');
      await page.locator(ANSWER).getByText(/^\??$/).waitFor({ state: 'attached' });
      const focused = await page.evaluate<string>('document.activeElement.id || document.activeElement.tagName');
      field.check(focused === 'clear' || focused === 'paper', `the focus is on a control: ${focused}`);
      await page.locator('#paper').focus();
      await page.keyboard.press('ArrowLeft');
      field.check(await spoken(/\d+%.*left/), 'the place of the keyboard pen is spoken');
      field.observe(`spoken: ${await page.locator('#announcement').textContent()}`);
    },
  },
  {
    id: '28p',
    title: 'the token is not in the address bar after the page has loaded, and a reload works',
    skip,
    async run(field) {
      const { page, url } = await openCanvas(field);
      const token = new URL(url).searchParams.get('token')!;
      const isHidden = await page
        .waitForURL((at) => !at.href.includes(token), PATIENCE)
        .then(
          () => true,
          () => false,
        );
      field.check(isHidden, `the address: ${page.url().replace(token, 'TOKEN')}`);
      const response = await page.reload();
      field.check(response?.status() === 200, `a reload is answered with ${response?.status()}`);
      field.check(await becomesVisible(page, /^Connected$/), 'and connects');
      await drawStrokes(page, CHARACTERS.T!);
      await waitForAnswer(page, 'T');
    },
  },
];
