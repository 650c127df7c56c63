import { EmnistError } from '../errors.ts';
import type { NewSample, Sample } from '../samples/sample.ts';
import type { Drawing } from '../strokes/drawing.ts';
import type { Client } from './client.ts';
import type { DrawEvent } from './draw-event.ts';
import type { DrawServerOptions, SampleBook } from './draw-options.ts';
import { pageMessage } from './page-message.ts';
import type { LabelMessage, ServerMessage } from './protocol.ts';

/** Maximum number of labels of a page that wait to be stored. Our page waits for each answer. */
export const MAX_WAITING_LABELS = 100;
/** How many drawings that were labeled on the terminal are remembered, the latest: far more than there are pages. */
const MAX_TERMINAL_SAMPLES = 100;

type LabelAnswer = Extract<ServerMessage, { type: 'labeled' | 'unlabeled' | 'label-refused' }>;
type SampleEvent = Extract<DrawEvent, { event: 'sample' }>;

/**
 * Stores the drawings that pages label and undoes labels, in the order in which the messages arrive. Unlike drawings,
 * none is replaced by a later one or lost when its page goes away.
 */
export class PageLabels {
  readonly #book: SampleBook | undefined;
  readonly #adapts: boolean;
  readonly #report: (event: SampleEvent) => void;
  readonly #fail: (error: unknown) => void;
  /** Everything that has arrived so far, one after the other. Never rejects. */
  #work: Promise<unknown> = Promise.resolve();
  readonly #waiting = new Map<Client, number>();
  /** The samples of the terminal by their strokes, as JSON. Their drawings may still be on a page. */
  readonly #ofTerminal = new Map<string, Sample>();

  /**
   * Without samples, no page can label.
   *
   * @param report called when a sample was added or removed
   * @param fail called when storing throws something other than an EmnistError, which is a bug
   */
  constructor(
    { samples: book, adapts = true }: Pick<DrawServerOptions, 'samples' | 'adapts'>,
    report: (event: SampleEvent) => void,
    fail: (error: unknown) => void,
  ) {
    this.#book = book;
    this.#adapts = adapts;
    this.#report = report;
    this.#fail = fail;
  }

  /** Stores what a page has labeled, or takes a label back, after everything before it; then answers the page. */
  receive(client: Client, message: LabelMessage): void {
    const waiting = this.#waiting.get(client) ?? 0;
    if (waiting >= MAX_WAITING_LABELS) {
      client.refuse(1008, 'The page sent too many labels. Reload it.');
      return;
    }
    this.#waiting.set(client, waiting + 1);
    void this.#inOrder(() => this.#answer(client, message)).then(
      (answer) => this.#done(client, answer),
      (error) => {
        this.#done(client, null);
        this.#fail(error);
      },
    );
  }

  /** Stores a sample of the terminal. Throws what the sample book throws. */
  add(added: NewSample): Promise<Sample> {
    return this.#inOrder(async () => {
      const sample = await this.#add(null, added);
      // Pages have been told that there is a sample, and send their drawings again; none of them has arrived yet.
      this.#ofTerminal.set(JSON.stringify(added.strokes), sample);
      const [oldest] = this.#ofTerminal.keys();
      if (this.#ofTerminal.size > MAX_TERMINAL_SAMPLES) this.#ofTerminal.delete(oldest!);
      return sample;
    });
  }

  /** The sample that was made on the terminal of this drawing of a page; undefined if there is none. */
  sampleOf(strokes: Drawing): Sample | undefined {
    if (this.#ofTerminal.size === 0 || strokes.length === 0) return undefined;
    const sample = this.#ofTerminal.get(JSON.stringify(strokes));
    return sample && this.#book?.has(sample.id) ? sample : undefined;
  }

  /** Removes a sample for the terminal, unless it is already gone. Throws what the sample book throws. */
  remove(id: string): Promise<void> {
    return this.#inOrder(() => this.#remove(null, id));
  }

  /** What pages show of the samples; null if they cannot label. */
  get state(): Extract<ServerMessage, { type: 'samples' }> | null {
    if (!this.#book) return null;
    const { samples, labels, practice } = this.#book.state;
    return {
      type: 'samples',
      samples,
      labels: labels.map(({ label, count }) => ({ label, count })),
      practice: [...practice],
      ...(!this.#adapts && { adapts: false }),
    };
  }

  /** Waits until everything that has arrived is stored. */
  async settle(): Promise<void> {
    await this.#work;
  }

  #inOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => {}); // reported by the caller
    return result;
  }

  #done(client: Client, answer: LabelAnswer | null): void {
    const left = this.#waiting.get(client)! - 1;
    if (left === 0) this.#waiting.delete(client);
    else this.#waiting.set(client, left);
    if (answer) client.send(answer);
  }

  async #answer(client: Client, message: LabelMessage): Promise<LabelAnswer> {
    const { id } = message;
    try {
      if (message.type === 'unlabel') {
        await this.#remove(client, message.sample);
        return { type: 'unlabeled', id, sample: message.sample };
      }
      const { key, label, strokes, origin, readAs } = message;
      const sample = await this.#add(client, { id: key, label, strokes, origin, readAs });
      return { type: 'labeled', id, sample: sample.id, label: sample.label };
    } catch (error) {
      if (!(error instanceof EmnistError)) throw error;
      return { type: 'label-refused', id, message: pageMessage(error) };
    }
  }

  async #add(client: Client | null, added: NewSample): Promise<Sample> {
    const book = this.#bookToWriteTo();
    const before = book.state.samples;
    const sample = await book.add(added);
    // A page that got no answer has sent it again.
    if (book.state.samples === before) return sample;
    this.#report({
      event: 'sample',
      client: client?.number ?? null,
      label: sample.label,
      samples: book.state.samples,
    });
    return sample;
  }

  async #remove(client: Client | null, id: string): Promise<void> {
    const book = this.#bookToWriteTo();
    const removed = await book.remove(id);
    if (!removed) return;
    const { samples } = book.state;
    this.#report({ event: 'sample', client: client?.number ?? null, label: removed.label, samples, removed: true });
  }

  #bookToWriteTo(): SampleBook {
    if (this.#book) return this.#book;
    throw new EmnistError('usage', 'drawings cannot be labeled here', {});
  }
}
