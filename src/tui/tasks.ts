/** Work that must be stopped before the program exits: a training run, a download, the canvas server. */
export interface Task {
  /** The subject of a sentence: `The training run`. */
  readonly name: string;
  /** What stopping it means, as a sentence. If present, quitting asks for a confirmation first and shows it. */
  readonly stopWarning?: string;
  /** How far it is, for the title of the terminal. Whoever started something with progress may look away until its end. */
  readonly progress?: () => Progress;
  /** It continues while other screens are open. Other tasks that ask before they are stopped keep the user on their screen. */
  readonly inBackground?: true;
  /** It was asked to stop. */
  readonly isStopping?: boolean;
  /** Stops it and resolves when it has ended. Safe to call again. `interrupted`: by Ctrl-C or a signal. */
  stop(reason: 'stopped' | 'interrupted'): Promise<void>;
}

/** How far a task is. */
export interface Progress {
  /** 0 to 1; null if that is not known. */
  readonly share: number | null;
  /** What it makes or does: the name of a model, for example. */
  readonly name: string;
}

/** The running tasks, and a summary of what they did, which is printed when the app exits. */
export class Tasks {
  #running: readonly Task[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #summary: string[] = [];

  /** Registers a running task. Returns a function that removes it. */
  add(task: Task): () => void {
    this.#update([...this.#running, task]);
    return () => this.#update(this.#running.filter((other) => other !== task));
  }

  /** The tasks that are running: another array whenever one starts or ends. */
  readonly running = (): readonly Task[] => this.#running;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The running tasks that must not be stopped without a confirmation. */
  get blocking(): readonly Task[] {
    return this.#running.filter(({ stopWarning }) => stopWarning !== undefined);
  }

  /** Whether a running task keeps the user on its screen. */
  get keepScreen(): boolean {
    return this.blocking.some(({ inBackground }) => !inBackground);
  }

  #update(running: readonly Task[]): void {
    this.#running = running;
    for (const listener of this.#listeners) listener();
  }

  addToSummary(line: string): void {
    this.#summary.push(line);
  }

  get summary(): string | undefined {
    return this.#summary.length > 0 ? this.#summary.join('\n') : undefined;
  }

  /** Stops all tasks; when all have ended, throws the first failure. */
  async stopAll(reason: 'stopped' | 'interrupted'): Promise<void> {
    const results = await Promise.allSettled(this.#running.map((task) => task.stop(reason)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}
