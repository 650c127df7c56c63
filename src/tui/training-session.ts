import type { TrainOptions } from '../app/options/train.ts';
import type { Services } from '../app/services.ts';
import type { DatasetName } from '../core/dataset/dataset-name.ts';
import { modelName, type TrainingRun } from '../core/training/training-run.ts';
import type { Route } from './routes.ts';
import { runTask } from './run-task.ts';
import {
  initialTrain,
  reduceTrain,
  type TrainAction,
  type TrainState,
  totalShare,
} from './screens/train/train-state.ts';
import { stopWarning, summaryLine } from './screens/train/train-texts.ts';
import type { Task, Tasks } from './tasks.ts';
import { ThrottledStore } from './throttled-store.ts';

/** The options of a run that the form starts. */
export type RunOptions = TrainOptions & { split: DatasetName };

/** What the screens other than Train know about the run. */
export interface SessionStatus {
  readonly state: TrainState;
  /** The model that is being trained; of no interest while the phase is `form`. */
  readonly model: string;
  /** False once the run has ended and released its lock. */
  readonly isActive: boolean;
  /** Whether the user has seen the result. */
  readonly isSeen: boolean;
}

/** An epoch whose model can be loaded. */
export interface Checkpoint {
  readonly epoch: number;
  /** Whether later ones may follow. */
  readonly isActive: boolean;
}

/** Training needs the CPU more than its charts do, which take 30 ms to draw on 200x60 cells. */
const CHARTS = { interval: 100, maxShare: 0.015, maxInterval: 2500 };
/** The other screens show a line. */
const LINE = { interval: 1000 };
/** Events that come many times in an epoch. */
const FREQUENT: readonly TrainAction['event'][] = ['head', 'batch', 'validation'];

/** The app's training run, one at a time. It continues whichever screen is shown. */
export class TrainingSession {
  readonly #services: Services;
  readonly #tasks: Tasks;
  readonly #store = new ThrottledStore<TrainState, TrainAction>(reduceTrain, initialTrain(), CHARTS);
  readonly #status: ThrottledStore<SessionStatus, Partial<SessionStatus>>;
  #run: TrainingRun | null = null;
  #stop: Task['stop'] | null = null;
  #options: RunOptions | null = null;

  constructor(services: Services, tasks: Tasks) {
    this.#services = services;
    this.#tasks = tasks;
    const idle = { state: this.#store.state, model: '', isActive: false, isSeen: true };
    this.#status = new ThrottledStore((status, change) => ({ ...status, ...change }), idle, LINE);
  }

  /** The run with its charts, for the Train screen. */
  get run(): Pick<ThrottledStore<TrainState, TrainAction>, 'state' | 'subscribe' | 'snapshot'> {
    return this.#store;
  }

  /** The run for all other screens: at most once a second, but at once when an epoch or the run ends. */
  get status(): Pick<ThrottledStore<SessionStatus, unknown>, 'state' | 'subscribe' | 'snapshot'> {
    return this.#status;
  }

  /** The options of the run, also once it has ended; null before the first one. */
  get options(): RunOptions | null {
    return this.#options;
  }

  get isActive(): boolean {
    return this.#run !== null;
  }

  /** The latest epoch of a model that can be loaded; null before its first epoch, and for a model that this session has not trained. */
  checkpoint(model: string): Checkpoint | null {
    const { state, model: trained, isActive } = this.#status.state;
    const epoch = state.epochs.at(-1)?.epoch ?? state.start?.epochsDone ?? 0;
    return model === trained && state.phase !== 'form' && epoch > 0 ? { epoch, isActive } : null;
  }

  /** Starts a run. There must be no other. */
  start(options: RunOptions): void {
    if (this.#run) throw new Error('a training run is active');
    const run = this.#services.train(options);
    this.#run = run;
    this.#options = options;
    this.#status.dispatchNow({ model: modelName(options), isActive: true, isSeen: false });
    this.#dispatch({ event: 'submit', split: options.split });
    const store = this.#store;
    this.#stop = runTask(this.#tasks, {
      name: 'The training run',
      get stopWarning() {
        return stopWarning(store.state);
      },
      progress: () => ({ share: totalShare(store.state), name: this.#status.state.model }),
      inBackground: true,
      events: run,
      stop: (reason) => {
        this.#dispatch({ event: 'stopping', when: 'batch' });
        run.stop('batch', reason);
      },
      onEvent: (event) => {
        if (event.event === 'start') this.#status.dispatch({ model: event.model });
        this.#dispatch(event);
      },
      onEnd: (failure) => this.#ended(failure),
    });
  }

  togglePause(): void {
    if (this.#store.state.paused) this.#run?.resume();
    else this.#run?.pause();
  }

  /** Stops after the current epoch, or at once, which keeps the checkpoint of the last epoch. */
  stop(when: 'epoch' | 'batch'): void {
    const { stopping } = this.#store.state;
    if (stopping === 'batch' || stopping === when) return;
    if (when === 'batch') {
      void this.#stop?.('stopped');
    } else {
      this.#dispatch({ event: 'stopping', when });
      this.#run?.stop(when, 'stopped');
    }
  }

  /** Forgets the result. Does nothing while a run is active. */
  reset(): void {
    if (!this.#run && this.#store.state.phase !== 'form') this.#dispatch({ event: 'reset' });
  }

  /** Forgets the result if it is of this model, which is gone. */
  forget(model: string): void {
    if (this.#store.state.end?.model === model) this.reset();
  }

  /** The user has seen the result. */
  see(): void {
    const { state, isSeen } = this.#status.state;
    if (!isSeen && (state.phase === 'done' || state.phase === 'failed')) this.#status.dispatchNow({ isSeen: true });
  }

  /** To be called before the Train screen is opened. A result that has been seen makes room for the form. */
  prepare({ split, resume }: Extract<Route, { screen: 'train' }>): void {
    const wantsForm = split !== undefined || resume !== undefined;
    if (wantsForm || this.#status.state.isSeen) this.reset();
  }

  #ended(failure?: { error: unknown }): void {
    this.#run = null;
    this.#stop = null;
    if (failure) this.#dispatch({ event: 'failed', error: failure.error });
    else this.#store.flush();
    if (this.#store.state.end) this.#tasks.addToSummary(summaryLine(this.#store.state));
    this.#status.dispatchNow({ isActive: false });
  }

  #dispatch(action: TrainAction): void {
    if (FREQUENT.includes(action.event)) {
      this.#store.dispatch(action);
      this.#status.dispatch({ state: this.#store.state });
    } else {
      this.#store.dispatchNow(action);
      this.#status.dispatchNow({ state: this.#store.state });
    }
  }
}
