import type { KeyContext } from './keymap.ts';

/** What a screen does with keys, and with the mouse. */
export interface KeysInUse {
  /** The title of the screen. */
  readonly title: string;
  /** Those with hints first, the most important at the top. */
  readonly contexts: readonly KeyContext[];
  /** Whether the keys of the menu work. */
  readonly menu: boolean;
}

interface Active {
  readonly context: KeyContext;
  readonly menu: boolean;
}

/** Keeps track of the keys that work, for a list of them. */
export class ShownKeys {
  readonly #active = new Set<Active>();
  #frame: { readonly title: string; readonly contexts: readonly KeyContext[] } = { title: '', contexts: [] };

  /** Adds a context that handles keys, until the returned function is called. */
  add(active: Active): () => void {
    this.#active.add(active);
    return () => this.#active.delete(active);
  }

  /** Stores the title that is shown, and the contexts that have hints. */
  setFrame(title: string, contexts: readonly KeyContext[]): void {
    this.#frame = { title, contexts };
  }

  get current(): KeysInUse {
    const { title, contexts } = this.#frame;
    const all = [...contexts, ...Array.from(this.#active, ({ context }) => context)];
    return {
      title,
      contexts: [...new Set(all)].filter((context) => context !== 'global'),
      menu: [...this.#active].some(({ menu }) => menu),
    };
  }
}
