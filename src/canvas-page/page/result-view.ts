import { IMAGE_SIZE } from '../../core/images/image-size.ts';
import { mergedCase } from '../../core/labels.ts';
import type { ServerMessage } from '../../core/server/protocol.ts';
import { confidence, describe, percent } from '../character.ts';
import { element } from './element.ts';

type PredictionMessage = Extract<ServerMessage, { type: 'prediction' }>;
type Prediction = PredictionMessage['predictions'][number];

const ROWS = 5;
/** Screen readers are told the result once the hand rests, not twenty times a second. */
const REST_MILLISECONDS = 700;

interface Row {
  readonly item: HTMLLIElement;
  readonly label: HTMLElement;
  readonly also: HTMLElement;
  readonly bar: HTMLElement;
  readonly percent: HTMLElement;
}

/** The reading: the best character large, the five best with bars, and the image that the network saw. */
export class ResultView {
  #labels: readonly string[] = [];
  readonly #best = element('best-label', HTMLElement);
  readonly #confidence = element('best-confidence', HTMLElement);
  readonly #kind = element('best-kind', HTMLElement);
  readonly #took = element('took', HTMLElement);
  readonly #seen: CanvasRenderingContext2D | null = element('seen', HTMLCanvasElement).getContext('2d');
  readonly #rows: readonly Row[] = Array.from({ length: ROWS }, createRow);
  readonly #say: (text: string) => void;
  #announce: number | undefined;

  /** @param say tells those who do not see the page what was read */
  constructor(say: (text: string) => void) {
    this.#say = say;
    element('predictions', HTMLOListElement).append(...this.#rows.map(({ item }) => item));
    this.clear();
  }

  /** Takes over the model that reads from now on. */
  setModel(name: string, labels: readonly string[]): void {
    this.#labels = labels;
    element('model', HTMLElement).textContent = `Model ${name} · knows ${labels.length} characters`;
  }

  show({ predictions, image, milliseconds }: PredictionMessage): void {
    const best = predictions[0];
    if (!best) {
      this.clear();
      return;
    }
    this.#best.textContent = best.label;
    this.#best.dataset.empty = 'false';
    this.#confidence.textContent = `${confidence(best.probability)}, ${percent(best.probability)}`;
    this.#kind.textContent = describe(best.label, this.#labels);
    for (const [index, row] of this.#rows.entries()) this.#showRow(row, predictions[index]);
    this.#took.textContent = `Read in ${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms.`;
    this.#showImage(image);
    this.#announceLater(`${best.label}, ${describe(best.label, this.#labels)}, ${percent(best.probability)}`);
  }

  clear(): void {
    clearTimeout(this.#announce);
    this.#best.textContent = '?';
    this.#best.dataset.empty = 'true';
    this.#confidence.textContent = 'Nothing drawn yet';
    this.#kind.textContent = 'The reading appears here while you draw.';
    this.#took.textContent = '';
    for (const row of this.#rows) this.#showRow(row, undefined);
    this.#showImage('');
  }

  #showRow(row: Row, prediction: Prediction | undefined): void {
    row.item.dataset.empty = String(!prediction);
    row.label.textContent = prediction?.label ?? '·';
    row.also.textContent = (prediction && mergedCase(prediction.label, this.#labels)) ?? '';
    row.percent.textContent = prediction ? percent(prediction.probability) : '';
    // One per cent more than its length to the left, so that no edge of an empty bar shines through.
    row.bar.style.transform = `translateX(${((prediction?.probability ?? 0) - 1) * 101}%)`;
  }

  /** @param image 28x28 bytes, ink 255, base64; empty for none */
  #showImage(image: string): void {
    const bytes = Uint8Array.from(atob(image), (character) => character.charCodeAt(0));
    const pixels = new ImageData(IMAGE_SIZE, IMAGE_SIZE);
    for (let index = 0; index < IMAGE_SIZE * IMAGE_SIZE; index++) {
      const ink = bytes[index] ?? 0;
      pixels.data.set([ink, ink, ink, image ? 255 : 0], index * 4);
    }
    this.#seen?.putImageData(pixels, 0, 0);
  }

  #announceLater(text: string): void {
    clearTimeout(this.#announce);
    this.#announce = setTimeout(() => this.#say(text), REST_MILLISECONDS);
  }
}

function createRow(): Row {
  const create = (tag: string, className: string) => {
    const created = document.createElement(tag);
    created.className = className;
    return created;
  };
  const item = document.createElement('li');
  const character = create('span', 'row-character');
  const label = create('b', 'row-label');
  const also = create('span', 'row-also');
  const track = create('span', 'row-track');
  const bar = create('span', 'row-bar');
  const percentage = create('span', 'row-percent');
  character.append(label, also);
  track.append(bar);
  item.append(character, track, percentage);
  return { item, label, also, bar, percent: percentage };
}
