import * as v from 'valibot';
import { EmnistError } from '../core/errors.ts';
import type { Inspection, InspectOptions } from '../core/inspection.ts';
import type { Paths } from '../core/paths.ts';
import type { DrawReader } from '../core/server/draw-options.ts';
import { type DrawServer, startDrawServer } from '../core/server/draw-server.ts';
import { type Expectation, plainExpectation } from '../core/server/expectation.ts';
import type { PageMode } from '../core/server/protocol.ts';
import type { Lexicon } from '../core/text/lexicon.ts';
import { AdaptedSamples } from './adapted-samples.ts';
import { type LoadedReader, loadReader, TWO_LINES } from './draw-reader.ts';
import { type AcceptedWords, LoadingLineReader } from './line-reader.ts';
import { type DrawOptions, drawOptions } from './options/draw.ts';
import { parseOptions } from './options/parse.ts';
import { LEXICONS } from './options/shared.ts';
import { readLexicon } from './read-lexicon.ts';
import { type OpenSampleBook, openSampleBook } from './sample-book.ts';
import type { WorkContext } from './work.ts';

/** The canvas server with a model of this machine. */
export interface Drawing extends DrawServer {
  /**
   * Lets another model read, by name or folder; without either, the default one. The iteration yields `model`. If it
   * cannot be loaded, this throws, and the previous one keeps reading. Calls are served in order.
   */
  switchModel(nameOrPath: string | undefined): Promise<void>;
  /**
   * What the network of the model that reads makes of an image, [28, 28], and why. Readings go first. Rejects with the signal's
   * reason, and with an `AbortError` when the server has closed.
   */
  inspect(image: Uint8Array, options?: InspectOptions): Promise<Inspection>;
  /** What pages expected when it was started, unless their users had chosen something else. */
  readonly expected: Expectation;
  /** In which mode pages started, unless their users had chosen another. */
  readonly mode: PageMode;
  /** Why the user's samples cannot be read, and nothing can be labeled; null if they can. */
  readonly samplesProblem: EmnistError | null;
}

interface DrawContext extends WorkContext {
  /** What to do about a request to a host name that is not allowed, as a sentence. */
  readonly hostHint?: (host: string) => string;
  /** The words that were accepted so far in this session, to which those of this server are added. */
  readonly accepted?: AcceptedWords;
  /** Called with a lexicon that was read from a file. */
  readonly onLexicon?: (lexicon: Lexicon) => void;
}

/**
 * Serves the canvas page with a model. The model is disposed of when the server closes.
 *
 * @throws EmnistError also `characters-unknown` and `prior-invalid`, for what the model cannot answer, and `lexicon-invalid`
 */
export async function startDrawing(
  options: DrawOptions,
  { paths, signal, hostHint, onUnusable, onLexicon, accepted = new Map() }: DrawContext,
): Promise<Drawing> {
  const parsed = parseOptions(drawOptions, options);
  const { port, host, allowHost: allowedHosts, token = tokenOfEnvironment(), model } = parsed;
  const expected = plainExpectation({ characters: parsed.characters, prior: parsed.prior });
  const mode = parsed.text ? 'word' : 'character';
  // The default is loaded when somebody writes.
  const lexicon = parsed.lexicon === LEXICONS[0] ? undefined : await readLexicon(parsed.lexicon);
  if (lexicon) onLexicon?.(lexicon);
  const [book, samplesProblem] = await openSamples(paths);
  let reader: LoadedReader;
  const closing = new AbortController();
  const closes = AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]);
  /** Adapts a reader to the samples, unless the server closes in the meantime. */
  const adapt = async (adapting: LoadedReader) => {
    if (!book || !parsed.adapt) return;
    try {
      await adapting.adaptTo(book.samples, closes);
    } catch (error) {
      if (!closes.aborted) throw error;
    }
  };
  try {
    reader = await loadReader(model, paths, onUnusable);
  } catch (error) {
    book?.close();
    throw error;
  }
  // Drawings are read in the meantime; pages send them again once readings are adapted.
  const samples = book && new AdaptedSamples(book, () => adapt(reader));
  /** As the server uses it. */
  const served = ({ model, recognize, inspect }: LoadedReader): DrawReader => ({
    model,
    inspect,
    recognize(strokes, expected) {
      samples?.throwIfFailed();
      return recognize(strokes, expected);
    },
  });
  const lines = new LoadingLineReader(lexicon, accepted);
  let server: DrawServer;
  try {
    await reader.recognize(TWO_LINES, expected);
    if (parsed.text) await lines.load();
    book?.practice(reader.model.labels);
    const access = { host, port, allowedHosts, hostHint, token, signal };
    const pages = { expected, adapts: parsed.adapt, text: lines, mode } as const;
    server = await startDrawServer({ ...served(reader), ...(samples && { samples }), ...pages, ...access });
  } catch (error) {
    await Promise.all([samples?.close(), reader.dispose(), lines.dispose()]);
    throw error;
  }

  /** The changes of the model so far, one after the other. Never rejects. */
  let changes: Promise<unknown> = Promise.resolve();
  async function change(nameOrPath: string | undefined): Promise<void> {
    if (closing.signal.aborted) return;
    const next = await loadReader(nameOrPath, paths, onUnusable);
    try {
      await adapt(next);
    } catch (error) {
      await next.dispose();
      throw error;
    }
    const previous = reader;
    reader = next;
    // In the meantime, the samples may have changed.
    await adapt(next);
    book?.practice(next.model.labels);
    await server.switchReader(served(next));
    await previous.dispose();
  }
  /** To be called when the server has closed. */
  async function dispose(): Promise<void> {
    closing.abort();
    await changes;
    await Promise.all([samples?.close(), reader.dispose(), lines.dispose()]);
  }

  return {
    ...server,
    expected,
    mode,
    samplesProblem,
    async inspect(image, options = {}) {
      for (;;) {
        const asked = reader;
        try {
          return await asked.inspect(image, options);
        } catch (error) {
          // Another model has taken the place of the one that was asked.
          if (asked === reader || options.signal?.aborted) throw error;
        }
      }
    },
    switchModel(nameOrPath) {
      const changed = changes.then(() => change(nameOrPath));
      changes = changed.catch(() => {}); // reported to the caller
      return changed;
    },
    async close() {
      // A label that is being stored waits until readings are adapted to it.
      closing.abort();
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

/** The user's samples, or why they cannot be read, which does not keep anyone from drawing. */
async function openSamples(paths: Paths): Promise<[OpenSampleBook, null] | [null, EmnistError]> {
  try {
    return [await openSampleBook(paths), null];
  } catch (error) {
    if (!(error instanceof EmnistError)) throw error;
    return [null, error];
  }
}

/** The token that the environment sets, for those who do not want it on a command line. */
function tokenOfEnvironment(): string | undefined {
  const { EMNIST_TUI_TOKEN } = process.env;
  if (!EMNIST_TUI_TOKEN) return undefined;
  const { success, issues } = v.safeParse(drawOptions.entries.token, EMNIST_TUI_TOKEN);
  if (success) return EMNIST_TUI_TOKEN;
  throw new EmnistError('usage', 'invalid EMNIST_TUI_TOKEN', { expected: issues[0].message });
}
