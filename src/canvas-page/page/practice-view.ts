import { practiceProgress, practiceTask, type SamplesMessage } from '../label-text.ts';
import { ENOUGH_SAMPLES, type Practice } from '../practice.ts';
import { element } from './element.ts';
import { showInTile } from './label-width.ts';

/** Opens practice, at the end of the URL. */
export const PRACTICE_HASH = '#practice';

/** The panel that asks for characters to write, and the button that opens it. The URL says whether it is open. */
export class PracticeView {
  /** Called when practice is to be opened or left. */
  onToggle: (isOpen: boolean) => void = () => {};
  onSkip: () => void = () => {};

  readonly #toggle = element('practice', HTMLButtonElement);
  readonly #skip = element('skip', HTMLButtonElement);
  readonly #panel = element('practice-panel', HTMLElement);
  readonly #label = element('practice-label', HTMLElement);
  readonly #task = element('practice-task', HTMLElement);
  readonly #steps = element('practice-steps', HTMLElement);
  readonly #ofLabel = element('practice-of-label', HTMLElement);
  readonly #total = element('practice-total', HTMLElement);

  constructor() {
    this.#steps.append(...Array.from({ length: ENOUGH_SAMPLES }, () => document.createElement('span')));
    this.#toggle.addEventListener('click', ({ detail: clicks }) => {
      this.#setHash(!this.isRequested);
      // After a click with a pointer, Enter confirms the drawing. Keyboard users keep their place.
      if (clicks > 0) element('paper', HTMLElement).focus();
    });
    this.#skip.addEventListener('click', () => this.onSkip());
    addEventListener('hashchange', () => this.onToggle(this.isRequested));
  }

  /** Whether the URL asks for practice. */
  get isRequested(): boolean {
    return location.hash === PRACTICE_HASH;
  }

  close(): void {
    this.#setHash(false);
  }

  /** @param samples null if drawings cannot be labeled here */
  show(practice: Practice, isOpen: boolean, samples: SamplesMessage | null): void {
    this.#toggle.hidden = !isOpen && (samples === null || samples.practice.length === 0);
    this.#toggle.setAttribute('aria-pressed', String(isOpen));
    this.#panel.hidden = !isOpen;
    this.#skip.hidden = !isOpen;
    document.body.dataset.mode = isOpen ? 'practice' : 'draw';
    const { asked } = practice;
    if (asked === null || !samples) return;
    showInTile(this.#label, asked);
    this.#task.textContent = practiceTask(asked);
    const { count, ofLabel, total } = practiceProgress(asked, samples, ENOUGH_SAMPLES, practice.written);
    for (const [index, step] of [...this.#steps.children].entries()) step.toggleAttribute('data-done', index < count);
    this.#ofLabel.textContent = ofLabel;
    this.#total.textContent = total;
  }

  #setHash(isOpen: boolean): void {
    const { pathname, search } = location;
    history.replaceState(history.state, '', isOpen ? PRACTICE_HASH : pathname + search);
    this.onToggle(isOpen);
  }
}
