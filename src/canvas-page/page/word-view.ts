import { type LineWord, textOf } from '../line-words.ts';
import { formatProbability } from '../prediction-text.ts';
import { element } from './element.ts';

const CANDIDATES = 5;

/** What the view shows. */
export interface LineSituation {
  readonly words: readonly LineWord[];
  /** The index of the word whose candidates are shown; -1 without words. */
  readonly selected: number;
  /** A sentence about the line. */
  readonly status: string;
  /** Whether what is shown was read from an earlier line. */
  readonly outdated: boolean;
  /** What read the line, and how fast. */
  readonly about: string;
}

/** The words of the line, which can be tapped, and the candidates of one of them. */
export class WordView {
  /** Called with the index of a word that was tapped. */
  onSelect: (index: number) => void = () => {};
  /** Called with the text that was chosen for the selected word. */
  onChoose: (text: string) => void = () => {};

  readonly #result = element('result', HTMLElement);
  readonly #answer = element('answer', HTMLOutputElement);
  readonly #status = element('line-status', HTMLElement);
  readonly #about = element('model', HTMLElement);
  readonly #list = element('candidates', HTMLElement);
  readonly #candidates = Array.from({ length: CANDIDATES }, () => createCandidate());
  #words: HTMLButtonElement[] = [];
  #shown = '';

  constructor() {
    this.#list.append(...this.#candidates.map(({ item }) => item));
    for (const { button, text } of this.#candidates) {
      button.addEventListener('click', () => this.onChoose(text.textContent));
    }
  }

  show(situation: LineSituation): void {
    // While the pen moves, nothing changes.
    const shown = JSON.stringify([situation, situation.words.map(({ strokes }) => strokes.length)], withoutStrokes);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const { words, selected, status, outdated, about } = situation;
    this.#about.textContent = about;
    this.#result.dataset.trust = outdated ? 'none' : 'full';
    if (this.#status.textContent !== status) this.#status.textContent = status;
    this.#showWords(words, selected);
    this.#showCandidates(words[selected]);
  }

  /** Chooses the candidate at this index, if there is one. */
  pick(index: number): void {
    const candidate = this.#candidates[index];
    if (candidate && !candidate.item.hidden) this.onChoose(candidate.text.textContent);
  }

  /** Leaves the answer to another mode. */
  leave(): void {
    this.#shown = '';
    this.#words = [];
    this.#answer.replaceChildren();
  }

  #showWords(words: readonly LineWord[], selected: number): void {
    // The buttons stay where they are, so that the focus does too.
    while (this.#words.length < words.length) this.#words.push(this.#createWord(this.#words.length));
    this.#words.length = words.length;
    const shown = this.#words.flatMap((button, index) => {
      const { text, before, isChosen } = words[index]!;
      button.textContent = text;
      button.ariaPressed = String(index === selected);
      button.toggleAttribute('data-chosen', isChosen);
      button.setAttribute('aria-label', isChosen ? `${text}, chosen` : text);
      return before === '' ? [button] : [before, button];
    });
    if (this.#answer.textContent === textOf(words) && this.#answer.childNodes.length === shown.length) return;
    this.#answer.replaceChildren(...shown);
  }

  #showCandidates(word: LineWord | undefined): void {
    this.#list.setAttribute('aria-label', word ? `Candidates for ${word.text}` : 'Candidates');
    for (const [index, { item, button, text, percent }] of this.#candidates.entries()) {
      const candidate = word?.candidates[index];
      item.hidden = candidate === undefined;
      if (!candidate) continue;
      const probability = formatProbability(candidate.probability);
      text.textContent = candidate.text;
      percent.textContent = probability;
      button.ariaPressed = String(word?.text === candidate.text);
      button.setAttribute('aria-label', `${candidate.text}, ${probability}`);
    }
  }

  #createWord(index: number): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'word';
    button.addEventListener('click', () => this.onSelect(index));
    return button;
  }
}

function createCandidate() {
  const item = document.createElement('li');
  const button = document.createElement('button');
  const text = document.createElement('bdi');
  const percent = document.createElement('small');
  button.type = 'button';
  button.className = 'candidate';
  item.hidden = true;
  button.append(text, percent);
  item.append(button);
  return { item, button, text, percent };
}

/** Strokes are large, and only their number matters. */
function withoutStrokes(key: string, value: unknown): unknown {
  return key === 'strokes' ? undefined : value;
}
