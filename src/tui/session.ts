/** Something that goes on and has to end well before the program does: a training, a download, the canvas server. */
export interface Activity {
  /** For the question whether to stop it: `The training`. */
  readonly name: string;
  /** What is lost or kept if it is stopped, as a sentence. */
  readonly onStop: string;
  /** The server needs no question: nothing is lost with it. */
  readonly asksFirst: boolean;
  /** Ends it and resolves when it has ended; may be called again. `interrupted`: the program is being ended from outside. */
  stop(reason: 'stopped' | 'interrupted'): Promise<void>;
}

/** What goes on while the app is open, and what it did, for the summary at the end. */
export class Session {
  readonly #activities = new Set<Activity>();
  readonly #notes: string[] = [];

  /** Keeps the activity until the returned function is called. */
  add(activity: Activity): () => void {
    this.#activities.add(activity);
    return () => this.#activities.delete(activity);
  }

  /** An activity that should not be ended without a question, if there is one. */
  get busy(): Activity | undefined {
    for (const activity of this.#activities) if (activity.asksFirst) return activity;
    return undefined;
  }

  /** A line of the summary. */
  note(line: string): void {
    this.#notes.push(line);
  }

  get summary(): string | undefined {
    return this.#notes.length > 0 ? this.#notes.join('\n') : undefined;
  }

  /** Ends everything; throws the first failure after all have ended. */
  async stopAll(reason: 'stopped' | 'interrupted'): Promise<void> {
    const results = await Promise.allSettled([...this.#activities].map((activity) => activity.stop(reason)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}
