import type { ServerMessage } from '../../core/server/protocol.ts';
import { AcceptedOutbox, savedAcceptedSchema } from '../accepted-outbox.ts';
import { createKey } from '../key.ts';
import type { SavedChoices, WordChoices } from '../line-words.ts';
import type { SavedSketch, Sketch } from '../sketch.ts';
import type { Earlier, Surroundings } from './mode.ts';
import { RunningText } from './running-text.ts';
import { readStored, store } from './session-storage.ts';

const STORED = 'accepted';

/** A line that was accepted, as it was on the paper. */
interface AcceptedLine {
  readonly sketch: SavedSketch;
  readonly choices: SavedChoices;
  /** What it added to the running text. */
  readonly added: string;
}

/** Takes accepted lines from the paper into the running text, and tells the server. The latest can be brought back. */
export class AcceptedLines implements Earlier {
  /** Called when the line that can be brought back has changed. */
  onChange: () => void = () => {};

  readonly #sketch: Sketch;
  readonly #choices: WordChoices;
  readonly #surroundings: Pick<Surroundings, 'announce' | 'paper'>;
  readonly #text: RunningText;
  readonly #outbox: AcceptedOutbox;
  #last: AcceptedLine | null = null;

  constructor(sketch: Sketch, choices: WordChoices, surroundings: Pick<Surroundings, 'announce' | 'paper' | 'send'>) {
    this.#sketch = sketch;
    this.#choices = choices;
    this.#surroundings = surroundings;
    this.#text = new RunningText(surroundings.announce);
    this.#outbox = new AcceptedOutbox(surroundings.send, createKey);
    this.#outbox.restore(readStored(STORED, savedAcceptedSchema) ?? []);
    this.#outbox.onChange = () => store(STORED, this.#outbox.save());
  }

  /** Takes the line from the paper, accepted as this text. */
  accept(text: string): void {
    const choices = this.#choices.save(this.#sketch.finished);
    const added = this.#text.append(text);
    // The text is safe before the ink goes.
    this.#outbox.add(text);
    this.#choices.clear();
    this.#last = { sketch: this.#sketch.take(), choices, added };
    this.#surroundings.announce(`Accepted: ${text}.`);
    this.onChange();
    this.#surroundings.paper.focus();
  }

  get canUndo(): boolean {
    return this.#last !== null;
  }

  /** Brings the latest line back to the paper, and takes its text back. */
  undo(): void {
    const last = this.#last;
    if (!last) return;
    this.#last = null;
    this.#text.remove(last.added);
    this.#sketch.putBack(last.sketch);
    this.#choices.restore(last.choices, this.#sketch.finished);
    this.#surroundings.announce('The line is back on the paper.');
    this.onChange();
  }

  /** To be called when the server has accepted the page. */
  greeted(): void {
    this.#outbox.connected();
  }

  answered(message: Extract<ServerMessage, { type: 'accepted' }>): void {
    this.#outbox.answered(message);
  }
}
