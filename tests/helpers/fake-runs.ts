import type { LearnOptions } from '../../src/app/options/learn.ts';
import type { TrainOptions } from '../../src/app/options/train.ts';
import type { LearnEvent } from '../../src/core/training/learn-event.ts';
import type { LearnRun } from '../../src/core/training/learn-run.ts';
import type { TrainEvent } from '../../src/core/training/train-event.ts';
import type { TrainingRun } from '../../src/core/training/training-run.ts';
import { Feed } from './feed.ts';

/** A training run that reports what a test feeds it. */
export class FakeRun extends Feed<TrainEvent> implements TrainingRun {
  readonly calls: string[] = [];
  readonly options: TrainOptions;
  /** Called on `stop`. A test may replace it to let the run hang. */
  onStop: (when: 'epoch' | 'batch', reason: 'stopped' | 'interrupted') => void = (_when, reason) => {
    this.push({ event: 'end', reason, model: null, epochs: 0, seconds: 1, validationAccuracy: null });
    this.end();
  };

  constructor(options: TrainOptions) {
    super();
    this.options = options;
  }

  pause(): void {
    this.calls.push('pause');
    this.push({ event: 'paused', epoch: 1 });
  }

  resume(): void {
    this.calls.push('resume');
    this.push({ event: 'resumed', epoch: 1 });
  }

  stop(when: 'epoch' | 'batch', reason: 'stopped' | 'interrupted' = 'stopped'): void {
    this.calls.push(`stop ${when} ${reason}`);
    this.onStop(when, reason);
  }
}

/** A run that learns the user's samples, and reports what a test feeds it. */
export class FakeLearnRun extends Feed<LearnEvent> implements LearnRun {
  readonly calls: string[] = [];
  readonly options: LearnOptions;

  constructor(options: LearnOptions) {
    super();
    this.options = options;
  }

  stop(reason: 'stopped' | 'interrupted' = 'stopped'): void {
    this.calls.push(`stop ${reason}`);
    const none = { before: null, after: null, count: 0 };
    this.push({
      ...{ event: 'end', reason, model: null, from: 'shipped', samples: 14, own: none, general: none },
      ...{ accepted: false, seconds: 1 },
    });
    this.end();
  }
}
