/** The commands sent to a training run, which reads them between batches. */
export class TrainingControl {
  stop: { when: 'epoch' | 'batch'; reason: StopReason } | null = null;
  #pause: PromiseWithResolvers<void> | null = null;

  handle(command: TrainingCommand): void {
    switch (command.type) {
      case 'pause':
        // A run that stops after this batch cannot be paused.
        if (this.stop?.when !== 'batch') this.#pause ??= Promise.withResolvers();
        break;
      case 'resume':
        this.#resume();
        break;
      case 'stop':
        this.stop = command;
        this.#resume();
        break;
    }
  }

  get paused(): boolean {
    return this.#pause !== null;
  }

  /** Resolves when the run is to resume or stop. */
  async resumed(): Promise<void> {
    await this.#pause?.promise;
  }

  #resume(): void {
    this.#pause?.resolve();
    this.#pause = null;
  }
}

/** What the owner of a run sends to its worker. */
export type TrainingCommand =
  | { type: 'pause' | 'resume' }
  | { type: 'stop'; when: 'epoch' | 'batch'; reason: StopReason };

export type StopReason = 'stopped' | 'interrupted';
