import { IMAGE_SIZE } from '../../core/images/image-size.ts';
import { mergedCase } from '../../core/labels.ts';
import type { ServerMessage } from '../../core/server/protocol.ts';
import { describeConfidence, describeLabel, formatProbability } from '../prediction-text.ts';
import { element } from './element.ts';

type PredictionMessage = Extract<ServerMessage, { type: 'prediction' }>;
type Prediction = PredictionMessage['predictions'][number];

const ROWS = 5;
/** The result is announced to screen readers when it has not changed for this long. */
const ANNOUNCE_AFTER_MILLISECONDS = 700;

interface Row {
  readonly item: HTMLLIElement;
  readonly label: HTMLElement;
  readonly also: HTMLElement;
  readonly bar: HTMLElement;
  readonly percent: HTMLElement;
}

/** The result: the best prediction in large type, the top five with bars, and the image that the network saw. */
export class ResultView {
  #labels: readonly string[] = [];
  readonly #best = element('best-label', HTMLElement);
  readonly #confidence = element('best-confidence', HTMLElement);
  readonly #kind = element('best-kind', HTMLElement);
  readonly #took = element('took', HTMLElement);
  readonly #seen = element('seen', HTMLCanvasElement);
  readonly #rows: readonly Row[] = Array.from({ length: ROWS }, createRow);
  readonly #announce: (text: string) => void;
  #announceTimer: number | undefined;

  /** @param announce announces the result to screen readers */
  constructor(announce: (text: string) => void) {
    this.#announce = announce;
    element('predictions', HTMLOListElement).append(...this.#rows.map(({ item }) => item));
    this.#seen.width = IMAGE_SIZE;
    this.#seen.height = IMAGE_SIZE;
    this.#seen.ariaLabel = `Your drawing as ${IMAGE_SIZE} by ${IMAGE_SIZE} pixels`;
    element('seen-how', HTMLElement).textContent =
      `Your drawing, centered and scaled to ${IMAGE_SIZE} × ${IMAGE_SIZE} pixels.`;
    this.clear();
  }

  setModel(name: string, labels: readonly string[]): void {
    this.#labels = labels;
    element('model', HTMLElement).textContent = `Model ${name} · ${labels.length} classes`;
  }

  show({ predictions, image, milliseconds }: PredictionMessage): void {
    const best = predictions[0];
    if (!best) {
      this.clear();
      return;
    }
    this.#best.textContent = best.label;
    this.#best.dataset.empty = 'false';
    this.#confidence.textContent = `${describeConfidence(best.probability)}, ${formatProbability(best.probability)}`;
    this.#kind.textContent = describeLabel(best.label, this.#labels);
    for (const [index, row] of this.#rows.entries()) this.#showRow(row, predictions[index]);
    this.#took.textContent = `Read in ${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms.`;
    this.#showImage(image);
    this.#announceLater(
      `${best.label}, ${describeLabel(best.label, this.#labels)}, ${formatProbability(best.probability)}`,
    );
  }

  clear(): void {
    clearTimeout(this.#announceTimer);
    this.#best.textContent = '?';
    this.#best.dataset.empty = 'true';
    this.#confidence.textContent = 'Nothing drawn yet';
    this.#kind.textContent = 'The result appears here as you draw.';
    this.#took.textContent = '';
    for (const row of this.#rows) this.#showRow(row, undefined);
    this.#showImage('');
  }

  #showRow(row: Row, prediction: Prediction | undefined): void {
    row.item.dataset.empty = String(!prediction);
    row.label.textContent = prediction?.label ?? '·';
    row.also.textContent = (prediction && mergedCase(prediction.label, this.#labels)) ?? '';
    row.percent.textContent = prediction ? formatProbability(prediction.probability) : '';
    // One percent more than its length, so that no edge of an empty bar shows.
    row.bar.style.transform = `translateX(${((prediction?.probability ?? 0) - 1) * 101}%)`;
  }

  /** @param image 28x28 bytes, ink 255, in base64; empty for none */
  #showImage(image: string): void {
    const bytes = Uint8Array.from(atob(image), (character) => character.charCodeAt(0));
    const pixels = new ImageData(IMAGE_SIZE, IMAGE_SIZE);
    for (let index = 0; index < IMAGE_SIZE * IMAGE_SIZE; index++) {
      const ink = bytes[index] ?? 0;
      pixels.data.set([ink, ink, ink, image ? 255 : 0], index * 4);
    }
    this.#seen.getContext('2d')?.putImageData(pixels, 0, 0);
  }

  #announceLater(text: string): void {
    clearTimeout(this.#announceTimer);
    this.#announceTimer = setTimeout(() => this.#announce(text), ANNOUNCE_AFTER_MILLISECONDS);
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
