import { IMAGE_SIZE } from '../../core/images/image-size.ts';
import { type Expectation, isSameExpectation } from '../../core/server/expectation.ts';
import type { ServerMessage } from '../../core/server/protocol.ts';
import { labelsOfBothCases } from '../expected-choice.ts';
import {
  announceReading,
  describeConfidence,
  describeDoubt,
  describeLabel,
  describeNotice,
  formatMilliseconds,
  formatProbability,
  type Notice,
} from '../prediction-text.ts';
import { SettledAnnouncement } from './announcements.ts';
import { element } from './element.ts';
import { showInTile, widthInEms } from './label-width.ts';
import { PredictionRows } from './prediction-rows.ts';

type PredictionMessage = Extract<ServerMessage, { type: 'prediction' }>;
type Prediction = PredictionMessage['predictions'][number];

/** How wide a label may be in the rows, relative to the size of its font. Wider ones are truncated. */
const MAX_LABEL_EMS = 9;

/** Whose guess an answer is, and what there is to say before. */
const GUESS_TEXTS: Readonly<Record<Notice, (noCharacter?: number) => string>> = {
  'several-characters': () => 'The model reads one at a time. Its',
  'no-character': () => "The model's",
  'not-sure': (noCharacter) => `${describeDoubt(noCharacter)} The model's`,
};

/** What the page knows besides the answer. */
interface Situation {
  /** Whether nothing is drawn. */
  readonly empty: boolean;
  readonly penDown: boolean;
  readonly connected: boolean;
}

/** The result: the best prediction in large type, the top five with bars, and the image that the network saw. */
export class ResultView {
  /** `cases`: the labels among which one may stand for both cases of a letter. */
  #model: { readonly name: string; readonly cases: readonly string[] } | null = null;
  #expected: Expectation = {};
  #shown: PredictionMessage | null = null;
  /** Whether what is shown was read from an earlier drawing, or by another model. */
  #outdated = false;
  #isActive = false;
  #about = '';
  #situation: Situation = { empty: true, penDown: false, connected: false };
  readonly #result = element('result', HTMLElement);
  readonly #answer = element('answer', HTMLOutputElement);
  readonly #reservation = element('reservation', HTMLElement);
  readonly #confidence = element('best-confidence', HTMLElement);
  readonly #kind = element('best-kind', HTMLElement);
  readonly #took = element('took', HTMLElement);
  readonly #seen = element('seen', HTMLCanvasElement);
  readonly rows = new PredictionRows();
  readonly #announcement: SettledAnnouncement;

  /** @param announce announces the result to screen readers */
  constructor(announce: (text: string) => void) {
    this.#announcement = new SettledAnnouncement(announce);
    this.#seen.width = IMAGE_SIZE;
    this.#seen.height = IMAGE_SIZE;
    this.#seen.setAttribute('aria-label', `Your drawing as ${IMAGE_SIZE} by ${IMAGE_SIZE} pixels`);
    element('seen-how', HTMLElement).textContent =
      `Your drawing, centered and scaled to ${IMAGE_SIZE} × ${IMAGE_SIZE} pixels.`;
    this.#render();
  }

  /** The model that reads from now on. What another one has read is outdated. */
  setModel(name: string, labels: readonly string[], own: boolean): void {
    this.#model = { name, cases: own ? [] : labels };
    this.#outdated = true;
    this.rows.setWidth((row) => Math.min(MAX_LABEL_EMS, Math.max(0, ...labels.map((label) => widthInEms(label, row)))));
    this.#about = `Model ${name} · ${labels.length} classes`;
    this.#render();
  }

  /** What is expected to be drawn, which says what a letter may stand for. */
  setExpected(expected: Expectation): void {
    if (isSameExpectation(expected, this.#expected)) return;
    this.#expected = expected;
    this.#render();
  }

  /** Whether the answer is that of a character. Otherwise, another mode shows its own. */
  setActive(active: boolean): void {
    this.#isActive = active;
    this.#announcement.cancel();
    this.#render();
  }

  setSituation(situation: Situation): void {
    const { empty, penDown, connected } = this.#situation;
    if (situation.empty === empty && situation.penDown === penDown && situation.connected === connected) return;
    if (situation.empty) {
      this.#announcement.cancel();
      this.#shown = null;
    }
    if (!situation.connected) this.#outdated = true;
    this.#situation = situation;
    this.#render();
  }

  show(message: PredictionMessage): void {
    this.#shown = message.predictions.length > 0 ? message : null;
    this.#outdated = false;
    this.#render();
    this.#announceSettled();
  }

  #render(): void {
    if (!this.#isActive) return;
    element('model', HTMLElement).textContent = this.#about;
    const shown = this.#shown;
    const best = shown?.predictions[0];
    const words = shown && best ? this.#describe(best, shown) : this.#describeNone();
    this.#result.dataset.trust = words.reservation === '' ? 'full' : this.#outdated ? 'none' : 'guess';
    this.#reservation.textContent = words.reservation;
    this.#reservation.hidden = words.reservation === '';
    showInTile(this.#answer, best?.label ?? '');
    this.#confidence.textContent = words.confidence;
    this.#kind.textContent = words.kind;
    this.rows.show(shown?.predictions ?? [], this.#labels);
    this.#took.textContent = shown ? `Read in ${formatMilliseconds(shown.milliseconds)}.` : '';
    this.#showImage(shown?.image ?? '');
  }

  /** The words beside the answer. With a reservation, the answer is dimmed. */
  #describe({ label, probability }: Prediction, { notice, noCharacter }: PredictionMessage) {
    const certainty = formatProbability(probability);
    const kind = describeLabel(label, this.#labels);
    if (this.#outdated) {
      return { reservation: 'Last reading', confidence: `${describeConfidence(probability)}, ${certainty}`, kind };
    }
    if (!notice) return { reservation: '', confidence: `${describeConfidence(probability)}, ${certainty}`, kind };
    // The beginning of a stroke is no character yet.
    if (notice !== 'several-characters' && this.#situation.penDown) {
      return { reservation: 'Keep drawing…', confidence: '', kind: '' };
    }
    return {
      reservation: describeNotice(notice),
      confidence: '',
      kind: `${GUESS_TEXTS[notice](noCharacter)} guess: ${label}, ${certainty}.`,
    };
  }

  #describeNone() {
    const { empty, connected } = this.#situation;
    const kind = connected
      ? 'The result appears here as you draw.'
      : 'The result appears here once the page is connected.';
    return { reservation: '', confidence: empty ? 'Nothing drawn yet' : 'Not read yet', kind };
  }

  /** The labels of the model that read what is shown, as far as they may stand for both cases of a letter. */
  get #labels(): readonly string[] {
    if (!this.#model || this.#shown?.model !== this.#model.name) return [];
    return labelsOfBothCases(this.#expected, this.#model.cases);
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

  #announceSettled(): void {
    const { predictions: [best] = [], notice, noCharacter } = this.#shown ?? {};
    if (!this.#isActive) return;
    this.#announcement.set(best ? announceReading(best, this.#labels, notice, noCharacter) : '');
  }
}
