import { strokesToSend } from '../drawing-message.ts';
import { createKey } from '../key.ts';
import { labelStatus, practiceTask, type SamplesMessage } from '../label-text.ts';
import { type LabelAnswer, LabelsOutbox, type NewLabel, type SavedLabel } from '../labels-outbox.ts';
import { nameOf } from '../prediction-text.ts';
import type { SavedSketch, Sketch } from '../sketch.ts';
import { LabelView } from './label-view.ts';
import { keepLabelsAcrossReloads } from './labels-storage.ts';
import { PracticeRound } from './practice-round.ts';

/** Shown while there is nothing to report about the labels. */
const HINTS = {
  empty: 'Confirm or correct readings to improve them.',
  drawn: 'Wrong? Choose or type the right one.',
  practice: 'Write it the way you usually do.',
};

interface Surroundings {
  readonly sketch: Sketch;
  /** Sends a message to the server; returns false without a connection. */
  readonly send: (message: string) => boolean;
  /** How the current drawing was read; null if it has not been read. */
  readonly reading: () => string | null;
  /** The label that the current drawing was given in the terminal; null if it has none. */
  readonly saved: () => SavedLabel | null;
  /** Announces a change to screen readers. */
  readonly announce: (text: string) => void;
  /** Called when practice asks for another label, or for none. */
  readonly onTask: () => void;
}

/** Labels drawings: with the answer, with what the user chooses or types instead, or with what practice has asked for. */
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
  #isActive = true;

  /** @param paper gets the focus after each label, ready for the next drawing */
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
    this.#view.onInvalid = announce;
    this.#view.onUndo = () => this.undo();
    this.#view.onRetry = () => this.#outbox.retry();
    this.#view.onDiscard = () => this.#discard();
    this.#round.onToggle = () => {
      // A drawing from one mode must not be restored in the other.
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
    return this.#canLabel && !this.isPracticing && !this.#surroundings.sketch.isEmpty;
  }

  /** Whether characters are drawn; otherwise nothing is to be labeled. */
  setActive(active: boolean): void {
    if (!active) this.#round.close();
    this.#isActive = active;
    this.update();
  }

  /** The label that practice asks for; null outside of practice. */
  get asked(): string | null {
    return this.#round.asked;
  }

  get isPracticing(): boolean {
    return this.#round.asked !== null;
  }

  get canUndo(): boolean {
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

  /** The user has chosen or typed the label. */
  pick(label: string): void {
    const readAs = this.#surroundings.reading();
    this.#save(label, label === readAs ? 'confirmed' : 'corrected', readAs);
  }

  /** Undoes the latest label, and restores its drawing. */
  undo(): void {
    const label = this.#outbox.last?.label;
    const taken = this.#taken;
    if (label === undefined || !taken) return;
    this.#taken = null;
    this.#outbox.undoLast();
    this.#restore(label, taken);
  }

  /** To be called when the drawing or its reading has changed. */
  update(): void {
    const { sketch, reading } = this.#surroundings;
    const saved = this.#surroundings.saved()?.label;
    const next = this.asked ?? saved ?? reading();
    this.#view.show({
      canLabel: this.#canLabel,
      empty: sketch.isEmpty,
      next,
      isSaved: next !== null && next === saved,
      practicing: this.isPracticing,
      canUndo: this.canUndo,
      status: this.#status,
    });
  }

  get #canLabel(): boolean {
    return this.#samples !== null && this.#isActive;
  }

  get #status() {
    const isBlank = this.#surroundings.sketch.isEmpty;
    const situation = this.isPracticing ? 'practice' : isBlank ? 'empty' : 'drawn';
    return labelStatus(this.#outbox, { connected: this.#connected, isBlank }, HINTS[situation]);
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
      if (saved) this.#outbox.undo(saved);
    }
    // Focusing also scrolls to it, which a small screen may need.
    this.#paper.focus();
    return true;
  }

  #discard(): void {
    const label = this.#outbox.last?.label;
    const taken = this.#taken;
    if (!this.#outbox.discard() || label === undefined || !taken) return;
    this.#taken = null;
    this.#restore(label, taken);
  }

  #restore(label: string, drawing: SavedSketch): void {
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
