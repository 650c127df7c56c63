import * as v from 'valibot';
import { EmnistError } from '../core/errors.ts';
import { type DrawServer, startDrawServer } from '../core/server/draw-server.ts';
import { type Expectation, plainExpectation } from '../core/server/expectation.ts';
import { loadReader, TWO_LINES } from './draw-reader.ts';
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
  /** What pages expected when it was started, unless their users had chosen something else. */
  readonly expected: Expectation;
}

interface DrawContext extends WorkContext {
  /** What to do about a request to a host name that is not allowed, as a sentence. */
  readonly hostHint?: (host: string) => string;
}

/**
 * Serves the canvas page with a model. The model is disposed of when the server closes.
 *
 * @throws EmnistError also `characters-unknown` and `prior-invalid`, for what the model cannot answer
 */
export async function startDrawing(
  options: DrawOptions,
  { paths, signal, hostHint, onUnusable }: DrawContext,
): Promise<Drawing> {
  const parsed = parseOptions(drawOptions, options);
  const { port, host, allowHost: allowedHosts, token = tokenOfEnvironment(), model } = parsed;
  const expected = plainExpectation({ characters: parsed.characters, prior: parsed.prior });
  let reader = await loadReader(model, paths, onUnusable);
  let server: DrawServer;
  try {
    await reader.recognize(TWO_LINES, expected);
    server = await startDrawServer({ ...reader, expected, host, port, allowedHosts, hostHint, token, signal });
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
    expected,
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
