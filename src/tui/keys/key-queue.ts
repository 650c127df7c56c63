import type { KeyPress } from './key-presses.ts';

type Listener = (press: KeyPress) => void;

/**
 * Delivers key presses one at a time, each only after `next` has confirmed that the effect of the previous one is
 * rendered. Otherwise two keys that arrive together would both act on the old state. What the mouse does is among them.
 */
export class KeyQueue {
  readonly #listeners = new Set<Listener>();
  readonly #pending: KeyPress[] = [];
  #busy = false;

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `onHandled` runs after each key and must lead to a call of `next`. */
  push(presses: readonly KeyPress[], onHandled: () => void): void {
    this.#pending.push(...presses);
    if (!this.#busy) this.next(onHandled);
  }

  next(onHandled: () => void): void {
    const press = this.#pending.shift();
    this.#busy = press !== undefined;
    if (!press) return;
    this.#deliver(press);
    // Nothing on the screen depends on the cells in between, and there are many.
    while (isDrag(press) && isDrag(this.#pending[0])) this.#deliver(this.#pending.shift()!);
    onHandled();
  }

  #deliver(press: KeyPress): void {
    // A copy: listeners that subscribe during this press must not receive it.
    for (const listener of [...this.#listeners]) listener(press);
  }
}

function isDrag(press: KeyPress | undefined): boolean {
  return press?.mouse?.type === 'drag';
}
