import * as v from 'valibot';
import { EmnistError } from '../core/errors.ts';
import { loadModel, type OnUnusable } from '../core/model/model-store.ts';
import type { Paths } from '../core/paths.ts';
import type { Prediction } from '../core/prediction.ts';
import { type CharacterReading, createRecognizer, NOT_SURE } from '../core/recognizer/recognizer.ts';
import type { DrawReader, Recognition } from '../core/server/draw-options.ts';
import { type DrawServer, startDrawServer } from '../core/server/draw-server.ts';
import type { Drawing as PenDrawing, Stroke } from '../core/strokes/drawing.ts';
import { drawingNotice } from '../core/strokes/drawing-notice.ts';
import { rasterize } from '../core/strokes/rasterize.ts';
import { type DrawOptions, drawOptions } from './options/draw.ts';
import { parseOptions } from './options/parse.ts';
import type { WorkContext } from './work.ts';

/** The canvas server with a model of this machine. */
export interface Drawing extends DrawServer {
  /**
   * Lets another model read, by name or folder; without either, the default one. The iteration yields `model`. If it
   * cannot be loaded, this throws, and the previous one keeps reading. Calls are served in order.
   */
  switchModel(nameOrPath: string | undefined): Promise<void>;
}

interface DrawContext extends WorkContext {
  /** What to do about a request to a host name that is not allowed, as a sentence. */
  readonly hostHint?: (host: string) => string;
}

/** Serves the canvas page with a model. The model is disposed of when the server closes. */
export async function startDrawing(
  options: DrawOptions,
  { paths, signal, hostHint, onUnusable }: DrawContext,
): Promise<Drawing> {
  const { port, host, allowHost, token = tokenOfEnvironment(), model } = parseOptions(drawOptions, options);
  let reader = await loadReader(model, paths, onUnusable);
  let server: DrawServer;
  try {
    server = await startDrawServer({ ...reader, host, port, allowedHosts: allowHost, hostHint, token, signal });
  } catch (error) {
    await reader.dispose();
    throw error;
  }

  let isClosed = false;
  /** The changes of the model so far, one after the other. Never rejects. */
  let changes: Promise<unknown> = Promise.resolve();
  async function change(nameOrPath: string | undefined): Promise<void> {
    if (isClosed) return;
    const next = await loadReader(nameOrPath, paths, onUnusable);
    const previous = reader;
    reader = next;
    await server.switchReader(next);
    await previous.dispose();
  }
  /** To be called when the server has closed. */
  async function dispose(): Promise<void> {
    isClosed = true;
    await changes;
    await reader.dispose();
  }

  return {
    ...server,
    switchModel(nameOrPath) {
      const changed = changes.then(() => change(nameOrPath));
      changes = changed.catch(() => {}); // reported to the caller
      return changed;
    },
    async close() {
      await server.close();
      await dispose();
    },
    async *[Symbol.asyncIterator]() {
      // Not when the iteration is left, since the server keeps running.
      try {
        yield* server;
      } catch (error) {
        await dispose();
        throw error;
      }
      await dispose();
    },
  };
}

/** The token that the environment sets, for those who do not want it on a command line. */
function tokenOfEnvironment(): string | undefined {
  const { EMNIST_TUI_TOKEN } = process.env;
  if (!EMNIST_TUI_TOKEN) return undefined;
  const { success, issues } = v.safeParse(drawOptions.entries.token, EMNIST_TUI_TOKEN);
  if (success) return EMNIST_TUI_TOKEN;
  throw new EmnistError('usage', 'invalid EMNIST_TUI_TOKEN', { expected: issues[0].message });
}

interface LoadedReader extends DrawReader {
  dispose(): Promise<void>;
}

/** The best prediction, supposing that it is a character. */
function likeliest({ predictions: [best], noCharacter }: CharacterReading): Prediction {
  return { label: best!.label, probability: best!.probability / (1 - (noCharacter ?? 0)) };
}

/** Needs all that a reading may need: also its parts are read. */
const TWO_LINES: readonly Stroke[] = [
  [
    [0, 0],
    [10, 50],
    [0, 100],
  ],
  [
    [20, 0],
    [10, 50],
    [20, 100],
  ],
];

/** A model that is ready to read drawings. */
async function loadReader(
  nameOrPath: string | undefined,
  paths: Paths,
  onUnusable?: OnUnusable,
): Promise<LoadedReader> {
  const model = await loadModel(nameOrPath, paths, onUnusable);
  const recognizer = await createRecognizer(model);
  const read = async (image: Uint8Array) => (await recognizer.recognize(image))[0]!;
  const readPart = async (part: PenDrawing) => likeliest(await read(rasterize(part)));
  const recognize = async (strokes: readonly Stroke[]): Promise<Recognition> => {
    const image = rasterize(strokes);
    const reading = await read(image);
    const noCharacter = reading.noCharacter ?? undefined;
    const isUnsure = noCharacter !== undefined && noCharacter >= NOT_SURE;
    const shape = await drawingNotice(strokes, { best: likeliest(reading), labels: model.labels, readPart });
    const notice = shape ?? (isUnsure ? 'not-sure' : undefined);
    return { predictions: reading.predictions, noCharacter, image, notice };
  };
  // The first readings take many times as long as later ones, and somebody waits for them.
  for (let reading = 0; reading < 3; reading++) await recognize(TWO_LINES);
  let disposed: Promise<void> | undefined;
  return {
    model: { name: model.name, labels: model.labels, split: model.training?.split },
    recognize,
    dispose() {
      disposed ??= recognizer.dispose();
      return disposed;
    },
  };
}
