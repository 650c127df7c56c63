import { setImmediate } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { isSplit } from '../dataset/dataset-name.ts';
import { EmnistError, type ErrorCode } from '../errors.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import type { Drawing } from '../strokes/drawing.ts';
import { Client, refuse } from './client.ts';
import type { DrawUpdate } from './draw-event.ts';
import type { DrawReader, DrawServerOptions, Recognition } from './draw-options.ts';
import { type Expectation, plainExpectation } from './expectation.ts';
import { expendableClient } from './expendable-client.ts';
import { PageInsides } from './page-insides.ts';
import { PageLabels } from './page-labels.ts';
import { PageTexts } from './page-texts.ts';
import { costOf, mayBeInside, mayBeKept, parseClientMessage } from './parse-message.ts';
import { type ClientMessage, type DrawingMessage, type PageMode, PING, type TextMessage } from './protocol.ts';
import { type Drawer, TERMINAL_CLIENT } from './terminal-client.ts';
import { Turns } from './turns.ts';

/** Maximum number of open pages: enough for a small group, since this is not a public service. */
export const MAX_CLIENTS = 16;
/** Drawings with more than this cost are expensive; usual ones have a cost of 1. */
const EXPENSIVE = 4;
/** After an expensive drawing, the next one waits this many times as long as it took. */
const REST = 2;
const MAX_REST_MS = 200;
/** How long clients have to confirm that the connection is closed. */
const CLOSE_MS = 500;

/** The connected pages. Recognizes their drawings and lines one at a time. */
export class DrawClients {
  #reader: DrawReader;
  /** The reader that takes over as soon as no drawing is being recognized. */
  #nextReader: { reader: DrawReader; adopted: PromiseWithResolvers<void> } | null = null;
  /** What pages expect if their users have chosen nothing. */
  #expected: Expectation;
  readonly #report: (update: DrawUpdate) => void;
  readonly #fail: (error: unknown) => void;
  readonly #clients = new Set<Client>();
  /** What pages label, which the terminal can do too. */
  readonly labels: PageLabels;
  readonly #texts: PageTexts;
  readonly #insides: PageInsides;
  readonly #unsubscribe: (() => void) | undefined;
  /**
   * The latest drawing or line of each client. A page's is a message, which is parsed when it is its turn, since another may
   * replace it until then.
   */
  readonly #turns = new Turns<Drawer, Buffer | Drawing>();
  /** What is drawn on the terminal. */
  #ofTerminal: Drawing = [];
  readonly #heartbeat: NodeJS.Timeout;
  /**
   * Until then, no expensive drawing is read: they take only a part of the time, so that others find the thread free, and
   * the app its processor.
   */
  #restUntil = 0;
  #reading: Promise<void> | null = null;
  /** Resolved by the next message. */
  #arrival: PromiseWithResolvers<void> | null = null;
  #count = 0;
  #closed = false;

  /**
   * @param report called when a client connects or disconnects, for each answer, and when a drawing is labeled
   * @param fail called when recognition or storing a label throws, which is a bug
   */
  constructor(options: DrawServerOptions, report: (update: DrawUpdate) => void, fail: (error: unknown) => void) {
    this.#reader = options;
    this.#expected = options.expected ?? {};
    this.#report = report;
    this.#fail = fail;
    this.labels = new PageLabels(options, (event) => report({ event }), fail);
    this.#texts = new PageTexts(options, report);
    this.#insides = new PageInsides(options, fail);
    this.#unsubscribe = options.samples?.onChange(() => this.#tellSamples());
    this.#heartbeat = setInterval(() => void this.#checkLives(), options.heartbeatMilliseconds ?? 5000);
    this.#heartbeat.unref();
  }

  /** Adds a page whose connection has just been opened from this address. */
  add(socket: WebSocket, address: string): void {
    // ws itself closes a connection that is cut within a frame or violates the protocol (codes 1002, 1007, 1009).
    socket.on('error', () => {});
    if (this.#clients.size >= MAX_CLIENTS && !this.#makeRoom(address)) {
      refuse(socket, 1013, `${MAX_CLIENTS} pages are already open. Close one of them.`);
      return;
    }
    const client = new Client(socket, ++this.#count, address, {
      message: (data, isBinary) => this.#receive(client, data, isBinary),
      close: () => this.#remove(client),
    });
    this.#clients.add(client);
    this.#greet(client);
    const samples = this.labels.state;
    if (samples) client.send(samples);
    this.#reportClients();
  }

  /** Lets another model read the drawings, after the one being recognized. Resolves when the previous one is not needed. */
  switchReader(reader: DrawReader): Promise<void> {
    const adopted = Promise.withResolvers<void>();
    const overtaken = this.#nextReader?.adopted;
    this.#nextReader = { reader, adopted };
    overtaken?.resolve();
    if (!this.#reading) this.#adoptReader();
    return adopted.promise;
  }

  /** What pages expect from now on if their users have chosen nothing. */
  setExpected(expected: Expectation): void {
    this.#expected = expected;
    if (this.#closed) return;
    for (const client of this.#clients) this.#greet(client);
    this.#readAgain();
  }

  /** What pages read from now on, whatever their users have chosen so far. */
  setMode(mode: PageMode): void {
    this.#texts.mode = mode;
    if (!this.#closed) for (const client of this.#clients) client.send({ type: 'mode', mode });
  }

  /** Reads what is drawn on the terminal, as what pages expect; again when the answer may have changed. */
  read(strokes: Drawing): void {
    if (this.#closed) return;
    this.#ofTerminal = strokes;
    this.#wait(TERMINAL_CLIENT, strokes, 1);
  }

  #readAgain(): void {
    if (this.#ofTerminal.length > 0) this.read(this.#ofTerminal);
  }

  /**
   * Stores the labels that have arrived, tells all pages that the server has stopped, and waits for the drawing being
   * recognized, so that the model can be disposed of.
   */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    this.#unsubscribe?.();
    this.#turns.clear();
    this.#insides.stop();
    this.#arrival?.resolve();
    await this.labels.settle();
    await Promise.all([...this.#clients].map((client) => client.close(1001, 'emnist-tui has stopped', CLOSE_MS)));
    await this.#reading;
    await this.#insides.stopped;
  }

  async #checkLives(): Promise<void> {
    // After a time in which nothing ran, such as a suspended laptop, answers are waiting to be read.
    await setImmediate();
    for (const client of this.#clients) client.checkLife();
  }

  #receive(client: Client, data: Buffer, isBinary: boolean): void {
    if (this.#closed) return;
    const cost = isBinary ? null : costOf(data);
    if (cost === null) {
      client.refuse(1008, INVALID);
      return;
    }
    if (isPing(data)) {
      client.send({ type: 'pong' });
      return;
    }
    client.lastDrawingAt = performance.now();
    client.hasDrawn = true;
    const isKept = mayBeKept(data);
    if (isKept) client.countLabel();
    if (isKept || mayBeInside(data)) {
      const message = parseClientMessage(data);
      if (!message) {
        client.refuse(1008, INVALID);
        return;
      }
      if (!isReplaceable(message)) {
        this.#keep(client, message);
        return;
      }
    }
    this.#wait(client, data, cost);
  }

  #wait(client: Drawer, work: Buffer | Drawing, cost: number): void {
    this.#turns.wait(client, work, cost);
    this.#arrival?.resolve();
    this.#reading ??= this.#readWaiting().finally(() => {
      this.#reading = null;
      this.#adoptReader();
    });
  }

  async #readWaiting(): Promise<void> {
    try {
      for (;;) {
        this.#adoptReader();
        const rest = this.#restUntil - performance.now();
        const next = this.#turns.next(rest > 0 ? EXPENSIVE : undefined);
        if (next) {
          const start = performance.now();
          await this.#readNext(next.client, next.work);
          const end = performance.now();
          if (next.cost > EXPENSIVE) this.#restUntil = end + Math.min(MAX_REST_MS, REST * (end - start));
          // Lets the messages of others, timers, and keys of the app be handled in between.
          await setImmediate();
        } else if (this.#turns.isEmpty) {
          return;
        } else {
          await this.#arrivalWithin(rest);
        }
        if (this.#closed) return;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Waits for the next message, but at most this long. */
  async #arrivalWithin(milliseconds: number): Promise<void> {
    const arrival = Promise.withResolvers<void>();
    this.#arrival = arrival;
    const timer = setTimeout(arrival.resolve, milliseconds);
    await arrival.promise;
    clearTimeout(timer);
  }

  async #readNext(client: Drawer, work: Buffer | Drawing): Promise<void> {
    if (client instanceof Client) await this.#readMessage(client, work as Buffer);
    else await this.#readDrawing(client, { type: 'drawing', id: 0, strokes: work as Drawing, ...this.#expected });
  }

  async #readMessage(client: Client, data: Buffer): Promise<void> {
    const message = parseClientMessage(data);
    if (!message) return client.refuse(1008, INVALID);
    // A type in an unusual spelling.
    if (!isReplaceable(message)) return this.#keep(client, message);
    if (message.type === 'text') return await this.#texts.read(client, message);
    await this.#readDrawing(client, message);
  }

  async #readDrawing(client: Drawer, message: ReadonlyDrawing): Promise<void> {
    const start = performance.now();
    const answer = await this.#recognize(message);
    if (!this.#closed) this.#answer(client, message, answer, performance.now() - start);
  }

  /** Handles a message that no later one replaces. */
  #keep(client: Client, message: Exclude<ClientMessage, ReplaceableMessage>): void {
    if (message.type === 'inside') this.#insides.ask(client, message);
    else if (message.type === 'accept') this.#texts.accept(client, message);
    else this.labels.receive(client, message);
  }

  async #recognize({ strokes, characters, prior, adapt }: ReadonlyDrawing): Promise<Answer> {
    if (strokes.length === 0) return { predictions: [], image: new Uint8Array(IMAGE_PIXELS), expected: {} };
    const expected = plainExpectation({ characters, prior });
    const unadapted = adapt === false && { adapt };
    try {
      return { ...(await this.#reader.recognize(strokes, { ...expected, ...unadapted })), expected };
    } catch (error) {
      // What the user of a page expects must not end the connection, and even less the server.
      if (!(error instanceof EmnistError && UNSATISFIABLE.has(error.code))) throw error;
      return { ...(await this.#reader.recognize(strokes, { ...unadapted })), expected: {}, problem: error.message };
    }
  }

  #answer(client: Drawer, { id, strokes }: ReadonlyDrawing, answer: Answer, took: number): void {
    if (!client.isOpen) return;
    const { predictions, noCharacter, image, notice, expected, problem } = answer;
    const adaptedTo = answer.adaptedTo || undefined;
    const { name: model, labels } = this.#reader.model;
    const milliseconds = Math.round(took * 100) / 100;
    const sample = this.labels.sampleOf(strokes);
    client.send({
      type: 'prediction',
      id,
      predictions,
      noCharacter,
      image: strokes.length === 0 ? '' : Buffer.from(image).toString('base64'),
      milliseconds,
      model,
      notice,
      problem,
      adaptedTo,
      ...(sample && { saved: { sample: sample.id, label: sample.label } }),
    });
    this.#report({
      event: {
        event: 'prediction',
        client: client.number,
        strokes: strokes.length,
        predictions,
        ...(noCharacter !== undefined && { noCharacter }),
        milliseconds,
        model,
        labels: [...labels],
        notice,
        adaptedTo,
        ...expected,
      },
      drawing: { strokes, image },
    });
  }

  #adoptReader(): void {
    if (!this.#nextReader) return;
    const { reader, adopted } = this.#nextReader;
    this.#nextReader = null;
    this.#reader = reader;
    this.#insides.switchReader(reader);
    if (!this.#closed) {
      for (const client of this.#clients) this.#greet(client);
      this.#readAgain();
      this.#report({ event: { event: 'model', ...introduction(reader) } });
    }
    adopted.resolve();
  }

  /** Tells a page which model reads its drawings. */
  #greet(client: Client): void {
    const { name, labels, split } = this.#reader.model;
    const isOwn = split != null && !isSplit(split);
    const own = isOwn && ({ own: true } as const);
    const offer = { ...own, ...this.#texts.offer, ...this.#insides.offer, ...plainExpectation(this.#expected) };
    client.send({ type: 'hello', model: name, labels: [...labels], ...offer });
  }

  #tellSamples(): void {
    const samples = this.labels.state;
    if (samples) for (const client of this.#clients) client.send(samples);
    this.#readAgain();
  }

  /** Closes one of the pages for a new one from this address. Returns whether there was one that could be closed. */
  #makeRoom(address: string): boolean {
    const expendable = expendableClient([...this.#clients], address);
    if (!expendable) return false;
    expendable.refuse(1013, 'Another page has taken the place of this one. Reload it to draw.');
    this.#remove(expendable);
    return true;
  }

  #remove(client: Client): void {
    if (!this.#clients.delete(client)) return;
    this.#turns.leave(client);
    this.#insides.leave(client);
    this.#reportClients();
  }

  #reportClients(): void {
    if (!this.#closed) this.#report({ event: { event: 'client', clients: this.#clients.size } });
  }
}

/** A drawing as it was read: as `expected`, or as any character because of a problem. */
type Answer = Recognition & { expected: Expectation; problem?: string };

/** What a reader throws if its model cannot answer what is expected. */
const UNSATISFIABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['characters-unknown', 'prior-invalid', 'usage']);

/** A drawing of a page or of the terminal. */
type ReadonlyDrawing = Omit<DrawingMessage, 'strokes'> & { strokes: Drawing };

/** What a page draws; a later message replaces it. */
type ReplaceableMessage = DrawingMessage | TextMessage;

function isReplaceable(message: ClientMessage): message is ReplaceableMessage {
  return message.type === 'drawing' || message.type === 'text';
}

const INVALID = 'The page sent an invalid message. Reload it.';

/** What events say about a model when it begins to read. */
export function introduction({ model: { name, labels, split = null } }: DrawReader) {
  return { model: name, labels: [...labels], split };
}

function isPing(data: Buffer): boolean {
  return data.length === PING.length && data.toString() === PING;
}
