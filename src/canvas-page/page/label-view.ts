import { labelProblem, labelRule, normalizeLabel } from '../../core/label-text.ts';
import type { LabelStatus } from '../label-text.ts';
import { element } from './element.ts';
import { onEnter } from './enter-key.ts';

/** What the controls for labels depend on. */
export interface LabelSituation {
  /** Whether drawings can be labeled at all. */
  readonly canLabel: boolean;
  readonly empty: boolean;
  /** The label that Next gives the drawing; null if there is none yet. */
  readonly next: string | null;
  /** Whether the drawing is already saved with that label. */
  readonly isSaved: boolean;
  readonly practicing: boolean;
  /** Whether the latest label can be undone. */
  readonly canUndo: boolean;
  readonly status: LabelStatus;
}

/** The button that confirms the reading and moves on, the field for another label, and the status of the labels. */
export class LabelView {
  onNext: () => void = () => {};
  /** Called with a label that was typed. */
  onType: (label: string) => void = () => {};
  /** Called with why what was typed cannot be a label, as a sentence. */
  onInvalid: (problem: string) => void = () => {};
  onUndo: () => void = () => {};
  onRetry: () => void = () => {};
  onDiscard: () => void = () => {};

  readonly #next = element('next', HTMLButtonElement);
  readonly #nextWhat = element('next-what', HTMLElement);
  readonly #teach = element('teach', HTMLFormElement);
  readonly #field = element('label', HTMLInputElement);
  readonly #status = element('label-status', HTMLElement);
  readonly #undo = element('undo-label', HTMLButtonElement);
  readonly #retry = element('retry', HTMLButtonElement);
  readonly #discard = element('discard', HTMLButtonElement);

  #shown: LabelSituation | null = null;
  /** Why what was typed cannot be a label, as a sentence; empty if it can. */
  #problem = '';

  constructor() {
    this.#next.addEventListener('click', () => this.onNext());
    this.#undo.addEventListener('click', () => this.onUndo());
    this.#retry.addEventListener('click', () => this.onRetry());
    this.#discard.addEventListener('click', () => this.onDiscard());
    this.#field.addEventListener('input', () => this.#setProblem(''));
    this.#teach.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    // What was typed for one drawing must not label the next.
    element('canvas', HTMLCanvasElement).addEventListener('pointerdown', () => this.#field.blur());
    const paper = element('paper', HTMLElement);
    paper.addEventListener('keydown', (event) => this.#typed(event));
    onEnter(
      () => !this.#next.hidden,
      () => this.onNext(),
    );
  }

  show(situation: LabelSituation): void {
    // While the pen moves, this is called for each point, and nothing changes.
    if (JSON.stringify(situation) === JSON.stringify(this.#shown)) return;
    this.#shown = situation;
    const { canLabel, empty, next, isSaved, practicing, canUndo, status } = situation;
    document.body.toggleAttribute('data-can-label', canLabel);
    this.#next.hidden = !canLabel;
    this.#next.setAttribute('aria-disabled', String(empty || next === null));
    this.#nextWhat.textContent = next === null ? 'saves it' : `${isSaved ? 'saved' : 'saves it'} as ${next}`;
    this.#teach.hidden = !canLabel;
    this.#field.hidden = practicing;
    this.#field.disabled = empty;
    if (empty) this.clearField();
    this.#showStatus(status);
    // It belongs to what is said about the latest label. Beside a new drawing, the toolbar's Undo gets there too.
    this.#undo.hidden = !canUndo || !['saved', 'waiting'].includes(status.kind);
    this.#retry.hidden = status.kind !== 'refused';
    this.#discard.hidden = status.kind !== 'refused';
  }

  clearField(): void {
    this.#field.value = '';
    this.#setProblem('');
  }

  #setProblem(problem: string): void {
    this.#problem = problem;
    this.#field.setAttribute('aria-invalid', String(problem !== ''));
    if (this.#shown) this.#showStatus(this.#shown.status);
  }

  #showStatus({ kind, text }: LabelStatus): void {
    this.#teach.dataset.status = this.#problem === '' ? kind : 'hint';
    const shown = this.#problem || text;
    if (this.#status.textContent !== shown) this.#status.textContent = shown;
  }

  /** Characters typed while the drawing area has the focus go to the field. */
  #typed({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): void {
    const isCharacter = [...key].length === 1 && key !== ' ' && !ctrlKey && !metaKey && !altKey;
    // The browser then inserts the character.
    if (isCharacter && !this.#teach.hidden && !this.#field.hidden) this.#field.focus();
  }

  #submit(): void {
    const label = normalizeLabel(this.#field.value);
    const problem = labelProblem(label);
    if (problem === null) this.onType(label);
    else if (problem !== 'empty') {
      this.#setProblem(`A label has ${labelRule(problem)}.`);
      this.onInvalid(this.#problem);
    }
  }
}
