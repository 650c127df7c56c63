import type { ServerMessage } from '../../core/server/protocol.ts';
import { encodeDrawing } from '../drawing-message.ts';
import { DrawingSender } from '../drawing-sender.ts';
import { practiceTask } from '../label-text.ts';
import type { SavedLabel } from '../labels-outbox.ts';
import { describeTask } from '../prediction-text.ts';
import { SHEET_UNITS, Sheet } from '../sheet.ts';
import { Sketch } from '../sketch.ts';
import { AdaptationView } from './adaptation-view.ts';
import { ExpectView } from './expect-view.ts';
import { InsideView } from './inside-view.ts';
import { Labeling } from './labeling.ts';
import type { HelloMessage, Mode, Surroundings } from './mode.ts';
import { ResultView } from './result-view.ts';
import { keepAcrossReloads } from './sketch-storage.ts';

/** One character at a time is read, and can be labeled. */
export class CharacterMode implements Mode {
  /** The pen is as wide as a felt pen when one letter fills the paper. */
  readonly sheet = new Sheet(new Sketch(), { start: [SHEET_UNITS / 2, SHEET_UNITS / 2], penWidth: 30 });

  readonly #surroundings: Surroundings;
  readonly #resultView: ResultView;
  readonly #expectView = new ExpectView();
  readonly #adaptationView = new AdaptationView();
  readonly #insideView: InsideView;
  readonly #labeling: Labeling;
  readonly #sender: DrawingSender;
  #isActive = false;
  #connected = false;
  /** The best label of the reading that is shown. */
  #bestLabel: string | null = null;
  /** The label that this drawing was given in the terminal. */
  #savedLabel: SavedLabel | null = null;
  /** Whether the server has sent the samples over this connection. */
  #knowsSamples = false;

  constructor(surroundings: Surroundings) {
    const { send, announce, paper } = surroundings;
    const { sketch } = this.sheet;
    this.#surroundings = surroundings;
    this.#resultView = new ResultView(announce);
    this.#insideView = new InsideView(send);
    this.#sender = new DrawingSender(
      (message) => this.#isActive && send(message),
      () => sketch.drawing,
      (id, drawing) => encodeDrawing(id, drawing, this.#wanted),
    );
    const ifRead = <Known>(known: Known) => (this.#sender.read === sketch.drawing ? known : null);
    this.#labeling = new Labeling(paper, {
      sketch,
      send,
      reading: () => ifRead(this.#bestLabel),
      saved: () => ifRead(this.#savedLabel),
      announce,
      onTask: () => {
        surroundings.onUpdate(this);
        this.#sender.update(true);
      },
    });
    sketch.onChange = () => this.#drawn();
    this.#resultView.rows.onPick = (label) => this.#labeling.pick(label);
    this.#expectView.onChange = () => {
      surroundings.onUpdate(this);
      this.#resultView.setExpected(this.#expectView.expected);
      this.#sender.update(true);
    };
    this.#adaptationView.onChange = () => this.#sender.update(true);
    keepAcrossReloads(sketch, 'drawing');
  }

  get task(): string {
    const { asked } = this.#labeling;
    return asked === null ? `Draw ${describeTask(this.#expectView.labels)}` : practiceTask(asked);
  }

  get earlier() {
    return this.#labeling;
  }

  setActive(active: boolean): void {
    this.#isActive = active;
    this.#resultView.setActive(active);
    this.#insideView.setActive(active);
    this.#labeling.setActive(active);
    this.#update();
    if (active) this.#sender.restart();
    else this.#sender.ignorePending();
  }

  setConnected(connected: boolean): void {
    this.#connected = connected;
    this.#labeling.setConnected(connected);
    this.#updateResult();
  }

  greeted({ model, labels, own, inside, characters, prior }: HelloMessage): void {
    this.#insideView.greeted(inside === true);
    this.#resultView.setModel(model, labels, own === true);
    this.#expectView.setModel(labels, { characters, prior });
    this.#resultView.setExpected(this.#expectView.expected);
    this.#sender.restart();
    this.#knowsSamples = false;
    this.#labeling.greeted();
  }

  receive(message: ServerMessage): void {
    switch (message.type) {
      case 'prediction':
        if (!this.#sender.answered(message.id)) return;
        this.#resultView.show(message);
        this.#insideView.setReading(message);
        this.#bestLabel = message.predictions[0]?.label ?? null;
        this.#savedLabel = message.saved ?? null;
        this.#adaptationView.setReading(message.adaptedTo);
        this.#update();
        this.#expectView.setProblem(message.problem ?? '');
        break;
      case 'inside':
        this.#insideView.receive(message);
        break;
      case 'samples':
        this.#labeling.setSamples(message);
        this.#adaptationView.setSamples(message.adapts === false ? 0 : message.samples);
        this.#update();
        // The drawing may be read differently now.
        if (this.#knowsSamples) this.#sender.restart();
        this.#knowsSamples = true;
        break;
      case 'labeled':
      case 'unlabeled':
      case 'label-refused':
        this.#labeling.answered(message);
        this.#surroundings.onUpdate(this);
    }
  }

  get #wanted() {
    const expected = this.#labeling.isPracticing ? {} : this.#expectView.expected;
    return { ...expected, ...(!this.#adaptationView.isOn && ({ adapt: false } as const)) };
  }

  #drawn(): void {
    const { sketch } = this.sheet;
    if (sketch.isEmpty) this.#sender.ignorePending();
    this.#surroundings.onDrawing(this);
    this.#updateResult();
    this.#sender.update(sketch.live === null);
    // After the sender, which knows whether this drawing has been read.
    this.#update();
  }

  #updateResult(): void {
    const { isEmpty, live } = this.sheet.sketch;
    this.#resultView.setSituation({ empty: isEmpty, penDown: live !== null, connected: this.#connected });
  }

  #update(): void {
    this.#labeling.update();
    this.#resultView.rows.setPickable(this.#labeling.canPick);
    this.#surroundings.onUpdate(this);
  }
}
