import * as v from 'valibot';
import { PAGE_MODES, type PageMode } from '../../core/server/protocol.ts';
import { element } from './element.ts';
import { PRACTICE_HASH } from './practice-view.ts';
import { readStored, store } from './session-storage.ts';

const STORED = 'mode';
const KEY = 'F2';

/** The control that chooses what is read: a character or words. The choice is kept across reloads. */
export class ModeSwitch {
  /** Called when the mode should change. */
  onChange: (mode: PageMode) => void = () => {};

  readonly #group = element('modes', HTMLElement);
  readonly #radios: Readonly<Record<PageMode, HTMLInputElement>> = {
    character: element('mode-character', HTMLInputElement),
    word: element('mode-word', HTMLInputElement),
  };
  /** Null until the user has chosen one. */
  #chosen: PageMode | null = isPracticeRequested() ? 'character' : readStored(STORED, v.picklist(PAGE_MODES));
  #given: PageMode = 'character';
  /** Whether words can be read. Assumed until the server says otherwise, so that a reload does not switch back and forth. */
  #offered = true;

  constructor() {
    for (const mode of PAGE_MODES) this.#radios[mode].addEventListener('change', () => this.choose(mode));
    document.addEventListener('keydown', (event) => {
      const { key, repeat, ctrlKey, metaKey, altKey, shiftKey } = event;
      if (key !== KEY || repeat || ctrlKey || metaKey || altKey || shiftKey || this.#group.hidden) return;
      event.preventDefault();
      this.choose(this.mode === 'word' ? 'character' : 'word');
    });
    // Practice asks for characters.
    addEventListener('hashchange', () => {
      if (isPracticeRequested() && this.mode === 'word') this.choose('character');
    });
    this.#render();
  }

  get mode(): PageMode {
    return this.#offered ? (this.#chosen ?? this.#given) : 'character';
  }

  /** What the server offers: whether words are read, and in which mode to start. */
  offer(words: boolean, given: PageMode = 'character'): void {
    this.#offered = words;
    this.#given = given;
    this.#group.hidden = !words;
    this.#render();
    this.onChange(this.mode);
  }

  /** The user has chosen a mode, here or in the terminal. */
  choose(mode: PageMode): void {
    this.#chosen = mode;
    store(STORED, mode);
    this.#render();
    this.onChange(this.mode);
  }

  #render(): void {
    this.#radios[this.mode].checked = true;
  }
}

function isPracticeRequested(): boolean {
  return location.hash === PRACTICE_HASH;
}
