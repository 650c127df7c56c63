import * as v from 'valibot';
import { adaptationText } from '../label-text.ts';
import { element } from './element.ts';
import { readStored, store } from './session-storage.ts';

const STORED = 'adapt';

/** Says whether readings are adapted to the user's samples, with a switch. What was chosen is kept across reloads. */
export class AdaptationView {
  /** Called when it is switched on or off. */
  onChange: () => void = () => {};

  readonly #switch = element('adapt', HTMLButtonElement);
  readonly #text = element('adapt-text', HTMLElement);
  #isOn = readStored(STORED, v.boolean()) ?? true;
  #samples = 0;
  #adaptedTo: number | undefined;

  constructor() {
    this.#switch.addEventListener('click', () => {
      this.#isOn = !this.#isOn;
      store(STORED, this.#isOn);
      this.#render();
      this.onChange();
    });
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** @param samples how many there are to adapt to */
  setSamples(samples: number): void {
    this.#samples = samples;
    this.#render();
  }

  /** How many samples the reading that is shown was adapted to, if any. */
  setReading(adaptedTo: number | undefined): void {
    if (adaptedTo === this.#adaptedTo) return;
    this.#adaptedTo = adaptedTo;
    this.#render();
  }

  #render(): void {
    this.#switch.hidden = this.#samples === 0;
    this.#switch.setAttribute('aria-checked', String(this.#isOn));
    this.#text.textContent = adaptationText(this.#isOn, this.#samples, this.#adaptedTo);
  }
}
