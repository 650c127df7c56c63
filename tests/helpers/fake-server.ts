import type { Drawing } from '../../src/app/draw.ts';
import { type Split, splitLabels } from '../../src/core/dataset/splits.ts';
import type { EmnistError } from '../../src/core/errors.ts';
import type { Inspection, InspectOptions } from '../../src/core/inspection.ts';
import type { NewSample, Sample } from '../../src/core/samples/sample.ts';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import type { DrawReader } from '../../src/core/server/draw-options.ts';
import type { Expectation } from '../../src/core/server/expectation.ts';
import type { PageMode } from '../../src/core/server/protocol.ts';
import { TERMINAL } from '../../src/core/server/terminal-client.ts';
import type { Drawing as Strokes } from '../../src/core/strokes/drawing.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';
import { fakeInspection } from './fake-inspection.ts';
import { Feed } from './feed.ts';

/** The model that a fake server reads drawings with. */
export const FAKE_READER = { model: 'shipped', labels: [...splitLabels('balanced')] };

export type FakeReader = { model: string; labels: string[]; split: Split | null };

/** A canvas server that keeps samples in memory. A test feeds it what pages would do. */
export class FakeServer extends Feed<DrawUpdate> implements Drawing {
  readonly url = 'http://127.0.0.1:4321/?token=abc';
  readonly port = 4321;
  readonly token = 'abc';
  readonly shared: boolean;
  readonly models: (string | undefined)[] = [];
  readonly expected: Expectation;
  readonly mode: PageMode;
  samplesProblem: EmnistError | null = null;
  /** What pages were told to expect. */
  readonly expectations: Expectation[] = [];
  /** The modes that pages were switched to. */
  readonly modes: PageMode[] = [];
  readonly samples: Sample[] = [];
  /** Why no label can be saved or undone. */
  sampleError: Error | null = null;
  /** The drawings of the terminal that were to be read. */
  readonly drawings: Strokes[] = [];
  /** What it reads in them. */
  answers = [
    { label: 'R', probability: 0.9312 },
    { label: 'K', probability: 0.0407 },
    { label: 'A', probability: 0.0118 },
    { label: 'P', probability: 0.0061 },
    { label: 'B', probability: 0.0022 },
  ];
  /** How often a label was to be saved or undone. */
  labelCalls = 0;
  #added = 0;
  closed = false;
  #model: string;

  constructor(reader: FakeReader, shared = false, expected: Expectation = {}, mode: PageMode = 'character') {
    super();
    this.shared = shared;
    this.expected = expected;
    this.mode = mode;
    this.#model = reader.model;
    this.push({ event: { event: 'listening', url: this.url, ...reader } });
  }

  launchUrl(): string {
    return 'http://127.0.0.1:4321/launch/once';
  }

  setExpected(expected: Expectation): void {
    this.expectations.push(expected);
  }

  setMode(mode: PageMode): void {
    this.modes.push(mode);
  }

  /** The images that were inspected, and how. */
  readonly inspections: { image: Uint8Array; options: InspectOptions }[] = [];
  /** Why no image can be inspected. */
  inspectError: Error | null = null;

  async inspect(image: Uint8Array, options: InspectOptions = {}): Promise<Inspection> {
    this.inspections.push({ image, options });
    if (this.inspectError) throw this.inspectError;
    return fakeInspection(image, options);
  }

  read(strokes: Strokes): void {
    this.drawings.push(strokes);
    const { labels } = FAKE_READER;
    const model = this.#model;
    const isBlank = strokes.length === 0;
    this.push({
      event: {
        ...{ event: 'prediction', client: TERMINAL, strokes: strokes.length, model, labels },
        // Tells readings with more strokes from those before.
        milliseconds: strokes.length + 0.1,
        predictions: isBlank ? [] : this.answers,
      },
      drawing: { strokes, image: isBlank ? new Uint8Array(784) : rasterize(strokes) },
    });
  }

  async addSample(added: NewSample): Promise<Sample> {
    this.labelCalls++;
    if (this.sampleError) throw this.sampleError;
    const sample = { ...added, id: `sample-${++this.#added}`, date: '2026-01-01T00:00:00.000Z' };
    this.samples.push(sample);
    this.push({ event: { event: 'sample', client: null, label: sample.label, samples: this.samples.length } });
    return sample;
  }

  async removeSample(id: string): Promise<void> {
    this.labelCalls++;
    if (this.sampleError) throw this.sampleError;
    const index = this.samples.findIndex((sample) => sample.id === id);
    if (index === -1) return;
    const [{ label }] = this.samples.splice(index, 1) as [Sample];
    this.push({ event: { event: 'sample', client: null, label, samples: this.samples.length, removed: true } });
  }

  async switchReader(_reader: DrawReader): Promise<void> {}

  async switchModel(nameOrPath: string | undefined): Promise<void> {
    this.models.push(nameOrPath);
    const reader = { ...FAKE_READER, model: nameOrPath ?? FAKE_READER.model };
    this.#model = reader.model;
    this.push({ event: { event: 'model', ...reader, split: 'balanced' } });
    const latest = this.drawings.at(-1) ?? [];
    if (latest.length > 0) this.read(latest);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.end();
  }
}
