import { element } from './element.ts';

const announcement = element('announcement', HTMLElement);
/** The one before may not have been spoken yet. */
const KEPT = 2;
/** Something that changes often is announced once it has not changed for this long. */
const SETTLED_MILLISECONDS = 700;

/** Announces a change to screen readers, as a sentence. */
export function announce(text: string): void {
  const sentence = document.createElement('p');
  sentence.textContent = text;
  announcement.append(sentence);
  if (announcement.childElementCount > KEPT) announcement.firstElementChild?.remove();
}

/** Removes what was announced, which is no longer true. */
export function clearAnnouncements(): void {
  announcement.replaceChildren();
}

/** Announces what changes while the user draws, once it has settled, and nothing twice in a row. */
export class SettledAnnouncement {
  readonly #announce: (text: string) => void;
  #announced = '';
  #timer: number | undefined;

  constructor(announce: (text: string) => void) {
    this.#announce = announce;
  }

  /** Sets what to announce, as sentences; empty for nothing. */
  set(text: string): void {
    clearTimeout(this.#timer);
    if (text === '' || text === this.#announced) return;
    this.#timer = setTimeout(() => {
      this.#announced = text;
      this.#announce(text);
    }, SETTLED_MILLISECONDS);
  }

  /** Drops what has not been announced yet. The same text may be announced again. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#announced = '';
  }
}
