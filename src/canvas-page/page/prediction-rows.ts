import { alsoStandsFor, formatProbability, nameOf } from '../prediction-text.ts';
import { element } from './element.ts';

interface Prediction {
  readonly label: string;
  readonly probability: number;
}

interface Row {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly label: HTMLElement;
  readonly also: HTMLElement;
  readonly bar: HTMLElement;
  readonly percent: HTMLElement;
}

const ROWS = 5;

/** The most probable labels with bars. Where drawings can be labeled, each row is a button that chooses its label. */
export class PredictionRows {
  /** Called when one of the labels is chosen. */
  onPick: (label: string) => void = () => {};

  readonly #list = element('predictions', HTMLOListElement);
  readonly #rows: readonly Row[] = Array.from({ length: ROWS }, createRow);
  #predictions: readonly Prediction[] = [];
  #pickable = false;

  constructor() {
    this.#list.append(...this.#rows.map(({ item }) => item));
    for (const [index, { button }] of this.#rows.entries()) {
      button.addEventListener('click', () => {
        const prediction = this.#predictions[index];
        if (prediction) this.onPick(prediction.label);
      });
    }
  }

  /** Whether one of the labels can be chosen. */
  setPickable(pickable: boolean): void {
    if (pickable === this.#pickable) return;
    this.#pickable = pickable;
    for (const [index, row] of this.#rows.entries()) this.#setButton(row, this.#predictions[index]);
  }

  /** @param labels those of the model that may stand for both cases of a letter */
  show(predictions: readonly Prediction[], labels: readonly string[]): void {
    this.#predictions = predictions;
    for (const [index, row] of this.#rows.entries()) {
      const prediction = predictions[index];
      row.item.dataset.empty = String(!prediction);
      row.label.textContent = prediction?.label ?? '·';
      row.also.textContent = prediction ? alsoStandsFor(prediction.label, labels) : '';
      row.percent.textContent = prediction ? formatProbability(prediction.probability) : '';
      // One percent more than its length, so that no edge of an empty bar shows.
      row.bar.style.transform = `translateX(${((prediction?.probability ?? 0) - 1) * 101}%)`;
      this.#setButton(row, prediction);
    }
  }

  /** How wide the labels are, relative to the size of their font. */
  setWidth(widthOf: (row: HTMLElement) => number): void {
    this.#list.style.setProperty('--label-ems', String(widthOf(this.#rows[0]!.label)));
  }

  #setButton({ button }: Row, prediction: Prediction | undefined): void {
    button.disabled = !this.#pickable || !prediction;
    if (button.disabled || !prediction) button.removeAttribute('aria-label');
    else {
      const { label, probability } = prediction;
      button.setAttribute('aria-label', `${label}, ${formatProbability(probability)}. Save as ${nameOf(label)}`);
    }
  }
}

function createRow(): Row {
  const create = <Tag extends 'li' | 'button' | 'span' | 'bdi'>(tag: Tag, className: string) => {
    const created = document.createElement(tag);
    created.className = className;
    return created;
  };
  const item = create('li', '');
  const button = create('button', 'row');
  button.type = 'button';
  const character = create('span', 'row-character');
  const label = create('bdi', 'row-label');
  const also = create('span', 'row-also');
  const track = create('span', 'row-track');
  const bar = create('span', 'row-bar');
  const percent = create('span', 'row-percent');
  character.append(label, also);
  track.append(bar);
  button.append(character, track, percent);
  item.append(button);
  return { item, button, label, also, bar, percent };
}
