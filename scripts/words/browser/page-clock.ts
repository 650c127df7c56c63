import type { Page } from 'playwright-core';

/** What happened after a stroke, in milliseconds since the pen was lifted. */
export interface StrokeTimes {
  /** Until the page showed how the line with this stroke was read. */
  readonly shown: number;
  /** How long the server took to read it. */
  readonly reading: number;
}

/**
 * Watches when pens and fingers are lifted, which lines the page sends, and when it has shown an answer, which it does while it
 * handles the message. To be called before the page is opened. The script is a string, since this file is compiled with Node's
 * types.
 */
export async function installClock(page: Page): Promise<void> {
  await page.addInitScript(`
    const clock = { lifted: 0, sent: 0, times: [], next: Promise.withResolvers() };
    window.clock = clock;
    addEventListener('pointerup', ({ target, timeStamp }) => {
      if (target.id === 'canvas') clock.lifted = timeStamp;
    }, true);
    window.WebSocket = class extends WebSocket {
      send(text) {
        const { type, id } = JSON.parse(text);
        if (type === 'text' && clock.lifted > 0) clock.sent = id;
        super.send(text);
      }
      addEventListener(type, listener, options) {
        super.addEventListener(type, listener, options);
        // Called after the page's own listener.
        if (type === 'message') super.addEventListener(type, ({ data }) => this.answered(JSON.parse(data)));
      }
      answered({ type, id, milliseconds }) {
        if (type !== 'text' || clock.sent === 0 || id !== clock.sent) return;
        clock.times.push({ shown: performance.now() - clock.lifted, reading: milliseconds });
        clock.sent = clock.lifted = 0;
        clock.next.resolve();
        clock.next = Promise.withResolvers();
      }
    };
  `);
}

/** Waits until the answers to this many strokes have been shown, and returns the times of the last one. */
export async function timesOfStroke(page: Page, strokes: number): Promise<StrokeTimes> {
  return await page.evaluate<StrokeTimes>(`(async () => {
    while (clock.times.length < ${strokes}) await clock.next.promise;
    return clock.times[${strokes - 1}];
  })()`);
}
