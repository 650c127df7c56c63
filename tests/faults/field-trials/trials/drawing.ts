import type { CDPSession, Page } from 'playwright-core';
import type { Drawing } from '../../../../src/core/strokes/drawing.ts';
import { CHARACTERS } from '../../../accuracy/characters.ts';
import { drawStrokes } from '../../../helpers/browser.ts';
import { inkShare } from '../../../helpers/canvas-page.ts';
import { ANSWER, NEXT_FRAME, openCanvas, skip, waitForAnswer } from '../canvas.ts';
import type { Trial } from '../field.ts';

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
];
