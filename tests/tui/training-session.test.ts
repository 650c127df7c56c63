import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TrainEvent } from '../../src/core/training/train-event.ts';
import { ringAtEnds } from '../../src/tui/bell.ts';
import { Tasks } from '../../src/tui/tasks.ts';
import { TrainingSession } from '../../src/tui/training-session.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { trainEpoch, trainEpochEnd, trainStart } from '../helpers/run-events.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const END: Extract<TrainEvent, { event: 'end' }> = {
  event: 'end',
  reason: 'completed',
  model: 'digits-vgg',
  epochs: 1,
  seconds: 1,
  validationAccuracy: 0.9,
};

function begin() {
  const services = new FakeServices();
  const tasks = new Tasks();
  const session = new TrainingSession(services, tasks);
  session.start({ split: 'digits' });
  const run = services.runs[0]!;
  return { services, tasks, session, run };
}

/** Lets what was pushed to a run arrive. */
const arrive = () => vi.advanceTimersByTimeAsync(0);

test('a run is a task that is not stopped without asking, and that keeps nobody on its screen', async () => {
  const { tasks, session, run } = begin();
  expect(tasks.blocking).toHaveLength(1);
  expect(tasks.keepScreen).toBe(false);
  expect(tasks.blocking[0]!.stopWarning).toMatch(/nothing will be saved/);
  expect(() => session.start({ split: 'digits' })).toThrow();
  run.push(trainStart({ model: 'digits-vgg' }), trainEpochEnd(1));
  await arrive();
  expect(tasks.blocking[0]!.stopWarning).toMatch(/can be resumed/);
  run.push(END);
  run.end();
  await arrive();
  expect(tasks.running()).toEqual([]);
  expect(tasks.summary).toMatch(/^Trained digits-vgg/);
  expect(session.isActive).toBe(false);
});

test('other screens are told at most once a second, but of an epoch and of the end at once', async () => {
  const { session, run } = begin();
  run.push(trainStart());
  await vi.advanceTimersByTimeAsync(2000);
  let told = 0;
  session.status.subscribe(() => told++);
  for (const event of trainEpoch(1)) {
    run.push(event);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(told).toBeGreaterThan(2);
  expect(told).toBeLessThanOrEqual(5);
  told = 0;
  run.push(trainEpochEnd(1));
  await arrive();
  expect(told).toBe(1);
  expect(session.status.snapshot().state.epochs).toHaveLength(1);
});

test('a model can be loaded from the first completed epoch on, and is known by its name', async () => {
  const { session, run } = begin();
  expect(session.checkpoint('digits-vgg')).toBeNull();
  run.push(trainStart({ model: 'digits-vgg' }));
  await arrive();
  expect(session.checkpoint('digits-vgg')).toBeNull();
  run.push(trainEpochEnd(1), trainEpochEnd(2));
  await arrive();
  expect(session.checkpoint('digits-vgg')).toEqual({ epoch: 2, isActive: true });
  expect(session.checkpoint('another')).toBeNull();
  run.push(END);
  run.end();
  await arrive();
  expect(session.checkpoint('digits-vgg')).toEqual({ epoch: 2, isActive: false });
  session.reset();
  expect(session.checkpoint('digits-vgg')).toBeNull();
});

test('so can that of a resumed run at once', async () => {
  const { session, run } = begin();
  run.push(trainStart({ model: 'digits-vgg', epochsDone: 4 }));
  await arrive();
  expect(session.checkpoint('digits-vgg')).toEqual({ epoch: 4, isActive: true });
});

test('a result stays until it has been seen and Train is opened again, or something else is to be trained', async () => {
  const { session, run } = begin();
  run.push(trainStart(), END);
  run.end();
  await arrive();
  session.prepare({ screen: 'train' });
  expect(session.run.state.phase).toBe('done');
  session.see();
  expect(session.status.snapshot().isSeen).toBe(true);
  session.prepare({ screen: 'train' });
  expect(session.run.state.phase).toBe('form');
  session.start({ split: 'digits' });
  session.prepare({ screen: 'train', resume: 'another' });
  expect(session.run.state.phase).toBe('running');
});

test('a failure is kept', async () => {
  const { session, run, tasks } = begin();
  run.end(new Error('out of order'));
  await arrive();
  expect(session.run.state).toMatchObject({ phase: 'failed', error: new Error('out of order') });
  expect(tasks.running()).toEqual([]);
});

describe('the bell', () => {
  /** What is written to a terminal if a run ends after a while. */
  async function rung(milliseconds: number, env: NodeJS.ProcessEnv, end: (setting: ReturnType<typeof begin>) => void) {
    let written = '';
    const write = (data: string) => {
      written += data;
      return true;
    };
    const services = new FakeServices();
    const tasks = new Tasks();
    const stop = ringAtEnds(tasks, { isTTY: true, writable: true, write } as unknown as NodeJS.WriteStream, env);
    const session = new TrainingSession(services, tasks);
    session.start({ split: 'digits' });
    await vi.advanceTimersByTimeAsync(milliseconds);
    end({ services, tasks, session, run: services.runs[0]! });
    await vi.advanceTimersByTimeAsync(milliseconds);
    stop();
    return written;
  }

  test.each([
    ['a run that took long', 10_000, {}, '\u0007'],
    ['a short one', 9000, {}, ''],
    ['one that took long, without the bell', 10_000, { EMNIST_TUI_BELL: '0' }, ''],
  ])('%s', async (_name, milliseconds, env, bell) => {
    const ended = ({ run }: ReturnType<typeof begin>) => {
      run.push(END);
      run.end();
    };
    expect(await rung(milliseconds, env, ended)).toBe(bell);
    expect(await rung(milliseconds, env, ({ run }) => run.end(new Error('out of order')))).toBe(bell);
  });

  test('rings for a stop after the epoch, but not for one at once', async () => {
    expect(await rung(20_000, {}, ({ session }) => session.stop('epoch'))).toBe('\u0007');
    expect(await rung(20_000, {}, ({ session }) => session.stop('batch'))).toBe('');
  });
});
