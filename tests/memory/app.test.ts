import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { runApp } from '../../src/tui/run-app.tsx';
import { FakeTty } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeStatus } from '../helpers/fake-status.ts';
import { trainEpoch, trainStart } from '../helpers/run-events.ts';
import { megabytesInUse } from './heap.ts';

const EPOCHS = 10;
const WARM_UP_FRAMES = 1000;
const FRAMES = 5000;
/** 300 bytes for each frame. */
const MAX_GROWTH_MB = 1.5;

afterEach(() => {
  vi.useRealTimers();
});

test('memory does not grow over 5,000 frames of a training run', { timeout: 300_000 }, async () => {
  // The app draws at most ten frames a second, so time has to pass faster.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  const pass = async (milliseconds: number) => {
    await vi.advanceTimersByTimeAsync(milliseconds);
    await setImmediate();
  };
  let frames = 0;
  const tty = new FakeTty(80, 24, 8, (_, done) => {
    frames++;
    done();
  });
  const services = new FakeServices(fakeStatus({ present: ['balanced'] }));
  const result = runApp(services, {
    initialScreen: 'train',
    env: { TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    stdin: tty as unknown as NodeJS.ReadStream,
    stdout: tty as unknown as NodeJS.WriteStream,
  });
  await pass(100);
  tty.push('\r');
  await pass(100);
  const run = services.runs[0]!;
  run.push(trainStart({ epochs: EPOCHS }));

  // The same epochs repeatedly: Ink caches the last few thousand texts that it has measured.
  const showFrames = async (count: number) => {
    const last = frames + count;
    for (let epoch = 1; frames < last; epoch = (epoch % EPOCHS) + 1) {
      const before = frames;
      for (const event of trainEpoch(epoch)) {
        run.push(event);
        await pass(200);
      }
      expect(frames).toBeGreaterThan(before);
    }
  };
  await showFrames(WARM_UP_FRAMES);
  const warm = await megabytesInUse();
  await showFrames(FRAMES);
  const growth = (await megabytesInUse()) - warm;
  expect(growth).toBeLessThan(MAX_GROWTH_MB);

  tty.push('\u0003');
  await pass(1000);
  vi.useRealTimers();
  await result;
});
