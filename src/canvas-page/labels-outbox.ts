import * as v from 'valibot';
import { type LabelMessage, PAGE_ORIGINS, type ServerMessage } from '../core/server/protocol.ts';
import { pointSchema } from './sketch.ts';

const labelJob = v.strictObject({
  type: v.literal('label'),
  key: v.string(),
  label: v.string(),
  strokes: v.array(v.array(pointSchema)),
  origin: v.picklist(PAGE_ORIGINS),
  readAs: v.optional(v.string()),
  /** Whether the server may have it, although it has not answered. */
  sent: v.boolean(),
});
/** `sample`: the one to remove; null until the server has answered its label, which has the same `key`. */
const unlabelJob = v.strictObject({ type: v.literal('unlabel'), key: v.string(), sample: v.nullable(v.string()) });
const lastSchema = v.strictObject({ key: v.string(), label: v.string(), sample: v.nullable(v.string()) });
export const savedOutboxSchema = v.strictObject({
  jobs: v.array(v.variant('type', [labelJob, unlabelJob])),
  last: v.nullable(lastSchema),
});
/** An outbox as plain data, to survive a reload. */
export type SavedOutbox = v.InferOutput<typeof savedOutboxSchema>;
type Job = SavedOutbox['jobs'][number];

/** A drawing with its label. `strokes`: as they are sent. */
export type NewLabel = Pick<v.InferOutput<typeof labelJob>, 'label' | 'strokes' | 'origin' | 'readAs'>;
/** The label of a drawing that is stored. `sample`: the ID of the sample. */
export type SavedLabel = Readonly<NonNullable<Extract<ServerMessage, { type: 'prediction' }>['saved']>>;
/** The server's answer to a label, or to undoing one. */
export type LabelAnswer = Extract<ServerMessage, { type: 'labeled' | 'unlabeled' | 'label-refused' }>;

/**
 * The labels on their way to the server, and those to be undone. They are sent in order, each after the answer to the previous
 * one, and again after a lost connection. By its key, the server recognizes a label that it already has.
 */
export class LabelsOutbox {
  /** Called after every change. */
  onChange: () => void = () => {};
  /** Called when a label is stored. */
  onSaved: (label: string) => void = () => {};
  /** Called when a label could not be stored or undone. */
  onRefused: () => void = () => {};

  readonly #send: (message: string) => boolean;
  readonly #createKey: () => string;
  #jobs: Job[] = [];
  #last: SavedOutbox['last'] = null;
  #id = 0;
  /** The message that is to be answered. */
  #inFlight: number | null = null;
  #refusal: string | null = null;

  /**
   * @param send sends a message to the server; returns false without a connection
   * @param createKey returns a new, random key
   */
  constructor(send: (message: string) => boolean, createKey: () => string) {
    this.#send = send;
    this.#createKey = createKey;
  }

  /** The latest label, which can be undone. */
  get last(): { readonly label: string; readonly isSaved: boolean } | null {
    return this.#last && { label: this.#last.label, isSaved: this.#last.sample !== null };
  }

  /** How many labels are yet to be stored or undone. */
  get waiting(): number {
    return this.#jobs.length;
  }

  /** What the server has refused, and why, as a sentence. Nothing is sent until it is retried or discarded. */
  get refusal(): { readonly type: Job['type']; readonly message: string } | null {
    return this.#refusal === null ? null : { type: this.#jobs[0]!.type, message: this.#refusal };
  }

  add(label: NewLabel): void {
    const key = this.#createKey();
    this.#jobs.push({ type: 'label', key, ...label, sent: false });
    this.#last = { key, label: label.label, sample: null };
    this.retry();
  }

  /** The latest label is one that was given elsewhere, and is stored already. */
  adopt({ sample, label }: SavedLabel): void {
    this.#last = { key: sample, label, sample };
    this.onChange();
  }

  /** Undoes a label that was given elsewhere. */
  undo({ sample }: SavedLabel): void {
    this.#jobs.push({ type: 'unlabel', key: sample, sample });
    this.retry();
  }

  /** Undoes the latest label. */
  undoLast(): void {
    if (!this.#last) return;
    const { key, sample } = this.#last;
    this.#last = null;
    const isUnsent = this.#jobs.some((job) => job.type === 'label' && job.key === key && !job.sent);
    if (isUnsent) this.#drop(key);
    else this.#jobs.push({ type: 'unlabel', key, sample });
    this.retry();
  }

  /** From now on, the latest label can no longer be undone. */
  keepLast(): void {
    if (!this.#last) return;
    this.#last = null;
    this.onChange();
  }

  /** To be called whenever the page has connected. */
  connected(): void {
    this.#inFlight = null;
    this.retry();
  }

  /** Sends what was refused once more. */
  retry(): void {
    this.#refusal = null;
    this.#sendNext();
    this.onChange();
  }

  /** Drops what was refused. Returns whether it was the latest label. */
  discard(): boolean {
    const job = this.#jobs[0];
    if (this.#refusal === null || !job) return false;
    this.#jobs.shift();
    const wasLast = this.#last?.key === job.key;
    if (wasLast) this.#last = null;
    this.retry();
    return wasLast;
  }

  answered(answer: LabelAnswer): void {
    const job = this.#jobs[0];
    if (answer.id !== this.#inFlight || !job) return;
    this.#inFlight = null;
    if (answer.type === 'label-refused') this.#refused(job, answer.message);
    else {
      this.#jobs.shift();
      if (answer.type === 'labeled') this.#labeled(job.key, answer.sample, answer.label);
    }
    this.#sendNext();
    this.onChange();
  }

  save(): SavedOutbox {
    return { jobs: this.#jobs, last: this.#last };
  }

  restore({ jobs, last }: SavedOutbox): void {
    this.#jobs = [...jobs];
    this.#last = last;
    this.onChange();
  }

  #labeled(key: string, sample: string, label: string): void {
    if (this.#last?.key === key) this.#last = { key, label, sample };
    const undoing = this.#jobs.find((job) => job.type === 'unlabel' && job.key === key);
    if (undoing?.type === 'unlabel') undoing.sample = sample;
    else this.onSaved(label);
  }

  #refused(job: Job, message: string): void {
    const isUndone = this.#jobs.some((later) => later !== job && later.key === job.key);
    // Nothing was stored, so there is nothing to undo.
    if (isUndone) this.#drop(job.key);
    else {
      this.#refusal = message;
      this.onRefused();
    }
  }

  #drop(key: string): void {
    this.#jobs = this.#jobs.filter((job) => job.key !== key);
  }

  #sendNext(): void {
    const job = this.#jobs[0];
    if (!job || this.#inFlight !== null || this.#refusal !== null) return;
    const message = messageOf(job, this.#id + 1);
    if (!message) {
      // The label is no longer in the outbox, so it was discarded.
      this.#jobs.shift();
      this.#sendNext();
      return;
    }
    if (!this.#send(JSON.stringify(message))) return;
    this.#id++;
    this.#inFlight = this.#id;
    if (job.type === 'label') job.sent = true;
  }
}

function messageOf(job: Job, id: number): LabelMessage | null {
  if (job.type === 'unlabel') return job.sample === null ? null : { type: 'unlabel', id, sample: job.sample };
  const { type, key, label, strokes, origin, readAs } = job;
  return { type, id, label, strokes, origin, ...(readAs !== undefined && { readAs }), key };
}
