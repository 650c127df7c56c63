import * as v from 'valibot';
import type { SamplesMessage } from '../label-text.ts';
import { Practice } from '../practice.ts';
import { type SavedSketch, type Sketch, savedSketchSchema } from '../sketch.ts';
import { PracticeView } from './practice-view.ts';
import { readStored, store } from './session-storage.ts';

const STORED = 'practice';
const storedSchema = v.strictObject({ asked: v.nullable(v.string()), aside: v.nullable(savedSketchSchema) });

/**
 * Practice, from opening it to leaving it. What was drawn before is set aside in the meantime. After a reload, it asks for the
 * same label, since the drawing is still there.
 */
export class PracticeRound {
  /** Called before practice is opened or left. */
  onToggle: () => void = () => {};
  /** Called when another label is asked for, or none. */
  onChange: () => void = () => {};
  /** Called with the next label to write. */
  onTask: (label: string) => void = () => {};

  readonly #sketch: Sketch;
  readonly #view = new PracticeView();
  readonly #practice = new Practice();
  #samples: SamplesMessage | null = null;
  #isOpen = false;
  #aside: SavedSketch | null = null;

  constructor(sketch: Sketch) {
    this.#sketch = sketch;
    this.#view.onToggle = (isOpen) => (isOpen ? this.#open() : this.#leave());
    this.#view.onSkip = () => this.#skip();
  }

  /** The label to write; null if practice is not open. */
  get asked(): string | null {
    return this.#isOpen ? this.#practice.asked : null;
  }

  close(): void {
    if (this.#isOpen || this.#view.isRequested) this.#view.close();
  }

  setSamples(samples: SamplesMessage): void {
    this.#samples = samples;
    this.#practice.update(samples.practice);
    if (this.#view.isRequested && !this.#isOpen) this.#resume();
    this.#show();
  }

  /** What was asked for is written. */
  advance(): void {
    this.#practice.advance();
    this.#asks();
  }

  /** Asks for a character again after its label was undone. */
  goBack(label: string): void {
    if (!this.#isOpen) return;
    this.#practice.goBack(label);
    this.#asks();
  }

  #skip(): void {
    this.#sketch.take();
    this.#practice.skip();
    this.#asks();
  }

  #open(): void {
    if (this.#isOpen || !this.#samples) return;
    this.onToggle();
    this.#aside = this.#sketch.take();
    this.#practice.begin();
    this.#isOpen = true;
    this.#asks();
  }

  /** Opens it as before a reload, or for the first time. */
  #resume(): void {
    const stored = readStored(STORED, storedSchema);
    if (!stored?.asked) {
      this.#open();
      return;
    }
    this.#aside = stored.aside;
    this.#practice.begin(stored.asked);
    this.#isOpen = true;
    this.#asks();
  }

  #leave(): void {
    if (!this.#isOpen) return;
    this.onToggle();
    this.#isOpen = false;
    this.#sketch.take();
    if (this.#aside) this.#sketch.putBack(this.#aside);
    this.#aside = null;
    this.#changed();
  }

  #asks(): void {
    // Nothing is left to write.
    if (this.#practice.asked === null) this.#view.close();
    else {
      this.#changed();
      this.onTask(this.#practice.asked);
    }
  }

  #changed(): void {
    store(STORED, { asked: this.asked, aside: this.#aside });
    this.#show();
    this.onChange();
  }

  #show(): void {
    this.#view.show(this.#practice, this.#isOpen, this.#samples);
  }
}
