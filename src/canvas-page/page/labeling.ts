import type { ServerMessage } from '../../core/server/protocol.ts';
import { strokesToSend } from '../drawing-message.ts';
import { labelStatus, practiceTask, type SamplesMessage } from '../label-text.ts';
import { LabelsOutbox, type NewLabel, type SavedLabel } from '../labels-outbox.ts';
import { nameOf } from '../prediction-text.ts';
import type { SavedSketch, Sketch } from '../sketch.ts';
import { LabelView } from './label-view.ts';
import { keepLabelsAcrossReloads } from './labels-storage.ts';
import { PracticeRound } from './practice-round.ts';

type LabelAnswer = Extract<ServerMessage, { type: 'labeled' | 'unlabeled' | 'label-refused' }>;

/** What to do, while there is nothing to say about the labels. */
const HINTS = {
  empty: 'Say what you drew, and it learns your hand.',
  drawn: 'Wrong? Choose what it is, or type it.',
  practice: 'Write it as you always do.',
};

interface Surroundings {
  readonly sketch: Sketch;
  /** Sends a message to the server; returns false without a connection. */
  readonly send: (message: string) => boolean;
  /** How the drawing as it is now was read; null if it is not read. */
  readonly reading: () => string | null;
  /** The label that the drawing as it is now was given in the terminal; null if it has none. */
  readonly saved: () => SavedLabel | null;
  /** Announces a change to screen readers. */
  readonly announce: (text: string) => void;
  /** Called when another label, or none, is to be written. */
  readonly onTask: () => void;
}

/** Labels drawings: by the answer that was read, by what the user says instead, or by what practice has asked for. */
export class Labeling {
  readonly #surroundings: Surroundings;
  readonly #outbox: LabelsOutbox;
  readonly #view = new LabelView();
  readonly #round: PracticeRound;
  readonly #paper: HTMLElement;
  readonly #store: (taken: SavedSketch | null) => void;
  /** Null until the server has said that drawings can be labeled. */
  #samples: SamplesMessage | null = null;
  /** The drawing with the latest label. */
  #taken: SavedSketch | null = null;
  #connected = false;

  /** @param paper gets the focus when a drawing was labeled, ready for the next one */
  constructor(paper: HTMLElement, surroundings: Surroundings) {
    const { sketch, send, announce, onTask } = surroundings;
    this.#surroundings = surroundings;
    this.#paper = paper;
    this.#outbox = new LabelsOutbox(send, createKey);
    this.#store = keepLabelsAcrossReloads(this.#outbox, (taken) => {
      this.#taken = taken;
    });
    this.#round = new PracticeRound(sketch);
    this.#outbox.onChange = () => this.#changed();
    this.#outbox.onSaved = (label) => announce(`Saved as ${nameOf(label)}.`);
    this.#outbox.onRefused = () => announce(this.#status.text);
    this.#view.onNext = () => this.#next();
    this.#view.onType = (label) => this.pick(label);
    this.#view.onTakeBack = () => this.takeBack();
    this.#view.onRetry = () => this.#outbox.retry();
    this.#view.onDiscard = () => this.#discard();
    this.#round.onToggle = () => {
      // A drawing of one mode must not come back in the other.
      this.#outbox.keepLast();
      this.#taken = null;
    };
    this.#round.onChange = () => {
      onTask();
      this.update();
    };
    this.#round.onTask = (label) => announce(`${practiceTask(label)}.`);
  }

  /** Whether drawings can be labeled, and so whether the answers can be chosen. */
  get canPick(): boolean {
    return this.#samples !== null && !this.isPracticing && !this.#surroundings.sketch.isEmpty;
  }

  /** What is to be written in practice; null outside of practice. */
  get asked(): string | null {
    return this.#round.asked;
  }

  get isPracticing(): boolean {
    return this.#round.asked !== null;
  }

  get canTakeBack(): boolean {
    return this.#outbox.last !== null && this.#taken !== null;
  }

  setConnected(connected: boolean): void {
    this.#connected = connected;
    this.update();
  }

  /** To be called when the server has accepted the page. */
  greeted(): void {
    this.#outbox.connected();
  }

  answered(message: LabelAnswer): void {
    this.#outbox.answered(message);
  }

  setSamples(samples: SamplesMessage): void {
    this.#samples = samples;
    this.#round.setSamples(samples);
    this.update();
  }

  /** The user has said what the drawing is. */
  pick(label: string): void {
    const readAs = this.#surroundings.reading();
    this.#save(label, label === readAs ? 'confirmed' : 'corrected', readAs);
  }

  /** Removes the latest label, and shows its drawing again. */
  takeBack(): void {
    const label = this.#outbox.last?.label;
    const taken = this.#taken;
    if (label === undefined || !taken) return;
    this.#taken = null;
    this.#outbox.takeBackLast();
    this.#bringBack(label, taken);
  }

  /** To be called when the drawing or its reading has changed. */
  update(): void {
    const { sketch, reading } = this.#surroundings;
    const saved = this.#surroundings.saved()?.label;
    const next = this.asked ?? saved ?? reading();
    this.#view.show({
      canLabel: this.#samples !== null,
      empty: sketch.isEmpty,
      next,
      isSaved: next !== null && next === saved,
      practicing: this.isPracticing,
      canTakeBack: this.canTakeBack,
      status: this.#status,
    });
  }

  get #status() {
    const situation = this.isPracticing ? 'practice' : this.#surroundings.sketch.isEmpty ? 'empty' : 'drawn';
    return labelStatus(this.#outbox, this.#connected, HINTS[situation]);
  }

  #next(): void {
    const readAs = this.#surroundings.reading();
    if (this.asked !== null) {
      if (this.#save(this.asked, 'practiced', readAs)) this.#round.advance();
      return;
    }
    const label = this.#surroundings.saved()?.label ?? readAs;
    if (label !== null) this.#save(label, 'confirmed', readAs);
  }

  #save(label: string, origin: NewLabel['origin'], readAs: string | null): boolean {
    const { sketch } = this.#surroundings;
    sketch.end();
    if (sketch.isEmpty) return false;
    const saved = this.#surroundings.saved();
    const strokes = strokesToSend(sketch.drawing);
    this.#taken = sketch.take();
    if (saved?.label === label) this.#outbox.adopt(saved);
    else {
      this.#outbox.add({ label, strokes, origin, ...(readAs !== null && { readAs }) });
      if (saved) this.#outbox.takeBack(saved);
    }
    // On a small screen, it may have to be scrolled to.
    this.#paper.focus();
    return true;
  }

  #discard(): void {
    const label = this.#outbox.last?.label;
    const taken = this.#taken;
    if (!this.#outbox.discard() || label === undefined || !taken) return;
    this.#taken = null;
    this.#bringBack(label, taken);
  }

  #bringBack(label: string, drawing: SavedSketch): void {
    const { sketch, announce } = this.#surroundings;
    this.#round.goBack(label);
    sketch.putBack(drawing);
    this.#changed();
    announce(`No longer saved as ${nameOf(label)}.`);
  }

  #changed(): void {
    this.#store(this.#taken);
    this.update();
  }
}

/** Not `randomUUID`, which pages over plain HTTP in a network do not have. */
function createKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
