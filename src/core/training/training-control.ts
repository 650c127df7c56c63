/** Where a training looks whether to go on. One side sets it, the trainer reads it between batches. */
export class TrainingControl {
  stop: { when: 'epoch' | 'batch'; reason: 'stopped' | 'interrupted' } | null = null;
  #pause: PromiseWithResolvers<void> | null = null;

  handle(command: TrainingCommand): void {
    switch (command.type) {
      case 'pause':
        // There is nothing left to pause in a training that stops after this batch.
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

  /** Settles once the training is to go on, or to stop. */
  async resumed(): Promise<void> {
    await this.#pause?.promise;
  }

  #resume(): void {
    this.#pause?.resolve();
    this.#pause = null;
  }
}

/** What the owner of a training tells its worker. */
export type TrainingCommand =
  | { type: 'pause' | 'resume' }
  | { type: 'stop'; when: 'epoch' | 'batch'; reason: 'stopped' | 'interrupted' };
