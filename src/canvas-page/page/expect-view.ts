import { type Expectation, expectationProblem, MAX_EXPECTED_LENGTH } from '../../core/server/expectation.ts';
import { type Choice, choiceOf, choiceSchema, expectationOf, expectedLabels, offers } from '../expected-choice.ts';
import { element } from './element.ts';
import { readStored, store } from './session-storage.ts';

const STORED = 'expected';

/** The control for what is expected to be drawn. The choice is kept across reloads. */
export class ExpectView {
  /** Called when something else is expected. */
  onChange: () => void = () => {};

  readonly #select = element('expect', HTMLSelectElement);
  readonly #field = element('expect-only', HTMLInputElement);
  readonly #note = element('expect-note', HTMLElement);
  /** Null until the user has chosen something. */
  #chosen: Choice | null = readStored(STORED, choiceSchema);
  #labels: readonly string[] | null = null;
  /** What the server said to expect. */
  #given: Expectation = {};
  /** Why the server has not read what was expected. */
  #problem = '';

  constructor() {
    this.#field.maxLength = MAX_EXPECTED_LENGTH;
    this.#select.addEventListener('change', () => {
      const name = this.#select.value as Choice['name'];
      this.#choose({ name, only: this.#choice.only });
      if (name === 'only') this.#field.focus();
    });
    this.#field.addEventListener('input', () => this.#choose({ name: 'only', only: this.#field.value }));
    this.#field.addEventListener('keydown', ({ key }) => {
      if (key === 'Enter') this.#field.blur();
    });
    // A phone's keyboard would cover what is drawn.
    element('canvas', HTMLCanvasElement).addEventListener('pointerdown', () => this.#field.blur());
    this.#render();
  }

  /** What is expected to be drawn. */
  get expected(): Expectation {
    return expectationOf(this.#choice, this.#given);
  }

  /** The labels that the model can answer. */
  get labels(): readonly string[] {
    return expectedLabels(this.expected, this.#labels ?? []);
  }

  /** The labels of the model that reads from now on, and what is expected until the user chooses something else. */
  setModel(labels: readonly string[], given: Expectation): void {
    this.#labels = labels;
    this.#given = given;
    this.#problem = '';
    this.#render();
  }

  /** Why the server ignored what was expected; empty if it did not. */
  setProblem(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#renderNote();
  }

  get #choice(): Choice {
    const given = choiceOf(this.#given);
    // What the server said to expect may have changed since.
    if (!this.#chosen || (this.#chosen.name === 'given' && given.name !== 'given')) return given;
    return this.#chosen;
  }

  #choose(choice: Choice): void {
    this.#chosen = choice;
    this.#problem = '';
    store(STORED, choice);
    this.#field.hidden = choice.name !== 'only';
    this.#renderNote();
    this.onChange();
  }

  #render(): void {
    const { name, only } = this.#choice;
    this.#select.replaceChildren(
      ...offers(this.#labels ?? [], this.#given).map((offer) => {
        const option = new Option(offer.text, offer.name, false, offer.name === name);
        // Until the model is known, anything can be chosen.
        option.disabled = this.#labels !== null && offer.disabled;
        return option;
      }),
    );
    this.#field.hidden = name !== 'only';
    if (this.#field.value !== only) this.#field.value = only;
    this.#renderNote();
  }

  #renderNote(): void {
    const problem = (this.#labels && expectationProblem(this.expected, this.#labels)) ?? this.#problem;
    const sentence = problem && `Any character, since ${problem}.`;
    if (this.#note.textContent !== sentence) this.#note.textContent = sentence;
    this.#field.setAttribute('aria-invalid', String(problem !== ''));
  }
}
