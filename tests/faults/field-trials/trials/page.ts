import type { BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import type { Drawing } from '../../../../src/core/strokes/drawing.ts';
import { CHARACTERS } from '../../../accuracy/characters.ts';
import type { Program } from '../../../cli/run.ts';
import { drawStrokes, launchBrowser } from '../../../helpers/browser.ts';
import { inkShare } from '../../../helpers/canvas-page.ts';
import type { Field, Trial } from '../field.ts';

/** The best prediction on the page, in this version or in the one before. */
const ANSWER = '#answer, #best-label';
/** The lower end of these is where a state of the page must have been reached that is not an event to wait for. */
const PATIENCE = { timeout: 6000 };

interface OpenCanvas {
  readonly program: Program;
  readonly page: Page;
  readonly url: string;
}

const LINE: Drawing = [
  [
    [0, 0],
    [0, 100],
  ],
];

/** Strokes that start on the paper and leave it, which is 1 x 1. */
const LEAVING: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  L: [
    [0.4, 0.3],
    [0.4, 1.2],
    [1, 1.2],
  ],
  Z: [
    [0.2, 0.2],
    [1.15, 0.2],
    [0.2, 1.15],
    [1.15, 1.15],
  ],
  W: [
    [0.05, 0.4],
    [0.3, 1.2],
    [0.6, 0.6],
    [0.9, 1.2],
    [1.15, 0.4],
  ],
};

async function skip(): Promise<string | null> {
  const { browser, reason } = await launchBrowser();
  await browser?.close();
  return reason;
}

async function startDraw(field: Field, ...args: string[]): Promise<{ program: Program; url: string }> {
  const program = field.start(['draw', '--json', '--no-open', '--model', 'shipped', ...args]);
  const url = await program.until(({ stdout }) => /"url":"([^"]+)"/.exec(stdout)?.[1]);
  return { program, url };
}

/** Starts `draw` and opens its page; `prepare` runs before the page loads. */
async function openCanvas(
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

async function waitForAnswer(page: Page, label: string): Promise<void> {
  await page.locator(ANSWER).getByText(label, { exact: true }).waitFor(PATIENCE);
}

/** Everything that is visible on the page, with the label of the answer. */
async function textOf(page: Page): Promise<string> {
  return (await page.locator('body').innerText()).replace(/\s+/g, ' ');
}

/** Whether a text becomes visible within a few seconds. */
async function becomesVisible(page: Page, text: RegExp): Promise<boolean> {
  return await page
    .getByText(text)
    .first()
    .waitFor(PATIENCE)
    .then(
      () => true,
      () => false,
    );
}

/** Two characters beside each other. */
function pair(left: string, right: string): Drawing {
  return [...CHARACTERS[left]!, ...CHARACTERS[right]!.map((stroke) => stroke.map(([x, y]) => [x + 110, y] as const))];
}

/** The drawings that the page sends, as JSON. */
function recordSent(page: Page): string[] {
  const sent: string[] = [];
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      const text = String(payload);
      if (text.includes('"strokes"')) sent.push(text.slice(text.indexOf('[')));
    });
  });
  return sent;
}

/** Two fingers move apart, one after the other down and up. */
async function pinch(page: Page, session: CDPSession): Promise<void> {
  const box = (await page.locator('canvas').first().boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const touch = (
    type: 'touchStart' | 'touchMove' | 'touchEnd',
    ...touchPoints: { x: number; y: number; id: number }[]
  ) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
  await touch('touchStart', { x: x - 40, y, id: 1 });
  await touch('touchMove', { x: x - 44, y, id: 1 });
  await touch('touchStart', { x: x - 44, y, id: 1 }, { x: x + 40, y, id: 2 });
  for (let step = 1; step <= 5; step++) {
    await touch('touchMove', { x: x - 44 - 10 * step, y, id: 1 }, { x: x + 40 + 10 * step, y, id: 2 });
  }
  await touch('touchMove', { x: x + 90, y, id: 2 });
  await touch('touchEnd');
}

/** The timing of messages, and how much is painted. Runs in the page. */
const INSTRUMENTS = `
  window.log = { sent: [], answers: [], ups: [], moves: [], curves: 0 };
  window.WebSocket = class extends WebSocket {
    constructor(...rest) {
      super(...rest);
      this.addEventListener('message', ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === 'prediction') log.answers.push({ at: performance.now(), id: message.id });
      });
    }
    send(text) {
      if (text.includes('"strokes"')) {
        log.sent.push({ at: performance.now(), id: JSON.parse(text).id, strokes: text.slice(text.indexOf('[')) });
      }
      super.send(text);
    }
  };
  addEventListener('pointerup', () => log.ups.push(performance.now()), true);
  addEventListener('pointermove', ({ buttons }) => buttons && log.moves.push(performance.now()), true);
  for (const name of ['lineTo', 'quadraticCurveTo']) {
    const paint = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...rest) {
      log.curves++;
      return paint.apply(this, rest);
    };
  }
`;

/** Waits until everything has been answered, and nothing has been sent for a while after the pen was lifted. */
const ALL_ANSWERED = `new Promise((resolve) => {
  const look = () => {
    const { sent, answers, ups } = log;
    const isQuiet = performance.now() > Math.max(ups.at(-1), sent.at(-1)?.at ?? 0) + 100;
    if (isQuiet && answers.some(({ id }) => id === sent.at(-1)?.id)) resolve();
    else setTimeout(look, 5);
  };
  look();
})`;
const NEXT_FRAME = 'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))';

interface Log {
  sent: { at: number; id: number; strokes: string }[];
  answers: { at: number; id: number }[];
  ups: number[];
  moves: number[];
  curves: number;
}

/** `median 3.1 ms, 95% within 8.0 ms` */
function distribution(values: number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);
  return `median ${at(0.5)} ms, 95% within ${at(0.95)} ms (${sorted.length})`;
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
    id: '24',
    title: 'a drawing is sent at once, one at a time, never twice, and a long stroke is not painted again and again',
    skip,
    async run(field) {
      const { page } = await openCanvas(field, {}, (page) => page.addInitScript(INSTRUMENTS));
      const latencies: { up: number[]; move: number[] } = { up: [], move: [] };
      let [repeated, overlapping, messages] = [0, 0, 0];
      for (const label of 'TXKHE45AOZ') {
        await page.evaluate('Object.assign(log, { sent: [], answers: [], ups: [], moves: [] })');
        await drawStrokes(page, CHARACTERS[label]!, { onMove: () => page.waitForTimeout(8) });
        await page.evaluate(ALL_ANSWERED);
        const log = await page.evaluate<Log>('log');
        messages += log.sent.length;
        repeated += log.sent.filter(({ strokes }, index) => strokes === log.sent[index - 1]?.strokes).length;
        const answeredAt = (id: number) => log.answers.find((answer) => answer.id === id)?.at ?? Infinity;
        overlapping += log.sent.filter(({ at }, index) => index > 0 && answeredAt(log.sent[index - 1]!.id) > at).length;
        const complete = log.sent.find(({ strokes }) => strokes === log.sent.at(-1)!.strokes)!;
        latencies.up.push(Math.max(0, answeredAt(complete.id) - log.ups.at(-1)!));
        for (const move of log.moves) {
          const including = log.sent.find(({ at }) => at >= move);
          if (including) latencies.move.push(answeredAt(including.id) - move);
        }
        await page.keyboard.press('Escape');
        await page.locator(ANSWER).getByText(/^\??$/).waitFor({ state: 'attached' });
      }
      field.observe(`pen up to the reading of the complete drawing: ${distribution(latencies.up)}`);
      field.observe(`movement of the pen to a reading that includes it: ${distribution(latencies.move)}`);
      field.check(repeated === 0, `no drawing is sent twice: ${repeated} of ${messages}`);
      field.check(overlapping === 0, `none is sent before the previous one is answered: ${overlapping} of ${messages}`);

      const box = (await page.locator('canvas').first().boundingBox())!;
      await page.mouse.move(box.x + box.width / 2, box.y + 10);
      await page.mouse.down();
      await page.evaluate('log.curves = 0');
      const moves = 200;
      for (let move = 1; move <= moves; move++) {
        const angle = move / 10;
        const radius = box.width * (0.1 + (0.35 * move) / moves);
        await page.mouse.move(
          box.x + box.width / 2 + radius * Math.sin(angle),
          box.y + box.height / 2 - radius * Math.cos(angle),
        );
      }
      await page.mouse.up();
      const curves = await page.evaluate<number>('log.curves');
      field.check(curves < 5 * moves, `a stroke of ${moves} movements takes less than ${5 * moves} curves: ${curves}`);
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
    id: '26a',
    title: 'strokes that leave the paper keep their shape',
    skip,
    async run(field) {
      let sent: string[] = [];
      const { page } = await openCanvas(field, { viewport: { width: 700, height: 1000 } }, (page) => {
        sent = recordSent(page);
      });
      const box = (await page.locator('canvas').first().boundingBox())!;
      for (const [label, stroke] of Object.entries(LEAVING)) {
        const moves = stroke.map(([x, y]) => [box.x + box.width * x, box.y + box.height * y] as const);
        await page.mouse.move(...moves[0]!);
        await page.mouse.down();
        for (const move of moves.slice(1)) await page.mouse.move(...move, { steps: 20 });
        await page.mouse.up();
        const isRead = await waitForAnswer(page, label).then(
          () => true,
          () => false,
        );
        field.check(isRead, `${label}, which leaves the paper, is read`);
        const points = (JSON.parse(sent.at(-1)!.slice(0, -1)) as Drawing).flat();
        const reach = Math.round(Math.max(...points.flatMap(([x, y]) => Math.max(x, y))));
        field.check(reach > 1100, `it reaches ${reach} on paper of 1000`);
        await page.keyboard.press('Escape');
      }
    },
  },
  {
    id: '26b',
    title: 'a pinch leaves no stroke',
    skip,
    async run(field) {
      const { page } = await openCanvas(field, { hasTouch: true });
      await pinch(page, await page.context().newCDPSession(page));
      await page.evaluate(NEXT_FRAME);
      const share = await inkShare(page);
      field.check(share === 0, `nothing is drawn: ${(100 * share).toFixed(2)}% of the paper`);
    },
  },
  {
    id: '26c',
    title: 'pressure changes the width on the screen as much as in the image that is read',
    skip,
    async run(field) {
      const { page } = await openCanvas(field);
      const inkOf = async (pressure: number | undefined) => {
        await drawStrokes(page, LINE, { pressure });
        await page.evaluate(NEXT_FRAME);
        const share = await inkShare(page);
        await page.keyboard.press('Escape');
        return share;
      };
      const usual = await inkOf(undefined);
      const [light, heavy] = [(await inkOf(0.02)) / usual, (await inkOf(1)) / usual];
      field.check(Math.abs(light - 0.75) < 0.06, `light: 0.75 times the width, ${light.toFixed(2)}`);
      field.check(Math.abs(heavy - 1.25) < 0.06, `heavy: 1.25 times the width, ${heavy.toFixed(2)}`);
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
          const hit = await page.evaluate<boolean>(`(() => {
            const control = document.querySelector('${control}');
            control.scrollIntoView({ block: 'center' });
            const { left, right, top, bottom } = control.getBoundingClientRect();
            const isWithin = left >= 0 && right <= innerWidth + 1 && bottom - top <= innerHeight;
            const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
            return isWithin && control.contains(found);
          })()`);
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
