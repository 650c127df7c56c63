import { labelProblem, normalizeLabel } from '../../core/label-text.ts';
import type { LabelStatus } from '../label-text.ts';
import { element } from './element.ts';

/** What the controls for labels depend on. */
export interface LabelSituation {
  /** Whether drawings can be labeled at all. */
  readonly canLabel: boolean;
  readonly empty: boolean;
  /** What Next saves the drawing as; null if that is not known. */
  readonly next: string | null;
  /** Whether it is saved as that already. */
  readonly isSaved: boolean;
  readonly practicing: boolean;
  readonly canTakeBack: boolean;
  readonly status: LabelStatus;
}

/** The button that saves what was read and goes on, the field for what it is instead, and what became of the labels. */
export class LabelView {
  onNext: () => void = () => {};
  /** Called with a label that was typed. */
  onType: (label: string) => void = () => {};
  onTakeBack: () => void = () => {};
  onRetry: () => void = () => {};
  onDiscard: () => void = () => {};

  readonly #next = element('next', HTMLButtonElement);
  readonly #nextWhat = element('next-what', HTMLElement);
  readonly #teach = element('teach', HTMLFormElement);
  readonly #field = element('label', HTMLInputElement);
  readonly #status = element('label-status', HTMLElement);
  readonly #takeBack = element('take-back', HTMLButtonElement);
  readonly #retry = element('retry', HTMLButtonElement);
  readonly #discard = element('discard', HTMLButtonElement);

  #shown: LabelSituation | null = null;

  constructor() {
    this.#next.addEventListener('click', () => this.onNext());
    this.#takeBack.addEventListener('click', () => this.onTakeBack());
    this.#retry.addEventListener('click', () => this.onRetry());
    this.#discard.addEventListener('click', () => this.onDiscard());
    this.#field.addEventListener('input', () => this.#field.setAttribute('aria-invalid', 'false'));
    this.#teach.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    // What was typed for a drawing that is gone must not label the next one.
    element('canvas', HTMLCanvasElement).addEventListener('pointerdown', () => this.#field.blur());
    const paper = element('paper', HTMLElement);
    paper.addEventListener('keydown', (event) => this.#typed(event));
    document.addEventListener('keydown', (event) => {
      const { target, key, repeat, ctrlKey, metaKey, altKey } = event;
      if (key !== 'Enter' || repeat || ctrlKey || metaKey || altKey || this.#next.hidden) return;
      // There, Enter does something else.
      if (target instanceof Element && target.closest('button, input, select, a, summary')) return;
      event.preventDefault();
      this.onNext();
    });
  }

  show(situation: LabelSituation): void {
    // While the pen moves, this is called for each point, and nothing changes.
    if (JSON.stringify(situation) === JSON.stringify(this.#shown)) return;
    this.#shown = situation;
    const { canLabel, empty, next, isSaved, practicing, canTakeBack, status } = situation;
    document.body.toggleAttribute('data-can-label', canLabel);
    this.#next.hidden = !canLabel;
    this.#next.setAttribute('aria-disabled', String(empty || next === null));
    this.#nextWhat.textContent = next === null ? 'saves it' : `${isSaved ? 'saved' : 'saves it'} as ${next}`;
    this.#teach.hidden = !canLabel;
    this.#field.hidden = practicing;
    this.#field.disabled = empty;
    if (empty) this.clearField();
    this.#teach.dataset.status = status.kind;
    if (this.#status.textContent !== status.text) this.#status.textContent = status.text;
    this.#takeBack.hidden = !canTakeBack || status.kind === 'refused';
    this.#retry.hidden = status.kind !== 'refused';
    this.#discard.hidden = status.kind !== 'refused';
  }

  clearField(): void {
    this.#field.value = '';
    this.#field.setAttribute('aria-invalid', 'false');
  }

  /** What is typed while the drawing area has the focus is what the drawing is. */
  #typed({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): void {
    const isCharacter = [...key].length === 1 && key !== ' ' && !ctrlKey && !metaKey && !altKey;
    // The browser then types it there.
    if (isCharacter && !this.#teach.hidden && !this.#field.hidden) this.#field.focus();
  }

  #submit(): void {
    const label = normalizeLabel(this.#field.value);
    if (label !== '' && !labelProblem(label)) this.onType(label);
    else if (label !== '') this.#field.setAttribute('aria-invalid', 'true');
  }
}
