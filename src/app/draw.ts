import { loadModel } from '../core/model/model-store.ts';
import { createRecognizer } from '../core/recognizer/recognizer.ts';
import { type DrawServer, startDrawServer } from '../core/server/draw-server.ts';
import { rasterize } from '../core/strokes/rasterize.ts';
import { type DrawOptions, drawOptions } from './options/draw.ts';
import { parseOptions } from './options/parse.ts';
import type { WorkContext } from './work.ts';

/** Serves the canvas page with a model behind it. The model's engine ends with the server. */
export async function startDrawing(options: DrawOptions, { paths, signal }: WorkContext): Promise<DrawServer> {
  const { port, host, model: nameOrPath } = parseOptions(drawOptions, options);
  const model = await loadModel(nameOrPath, paths);
  const recognizer = await createRecognizer(model);
  try {
    const server = await startDrawServer({
      port,
      host,
      signal,
      model: { name: model.name, labels: model.labels },
      async recognize(strokes) {
        const image = rasterize(strokes);
        const [predictions] = await recognizer.recognize(image);
        return { predictions: predictions!, image };
      },
    });
    return {
      url: server.url,
      async close() {
        await server.close();
        await recognizer.dispose();
      },
      async *[Symbol.asyncIterator]() {
        yield* server;
        await recognizer.dispose();
      },
    };
  } catch (error) {
    await recognizer.dispose();
    throw error;
  }
}

/** How long a launcher gets to fail; one that takes longer has become the browser. */
const LAUNCH_MS = 3000;

/** Opens a page in the user's browser. Throws when there is none that can be started. */
export async function openBrowser(url: string): Promise<void> {
  const { default: open } = await import('open');
  const launcher = await open(url);
  await new Promise<void>((resolve, reject) => {
    const finish = (code: number | null) => {
      if (code) reject(new Error(`${launcher.spawnfile} ended with ${code}`));
      else resolve();
    };
    if (launcher.exitCode !== null) return finish(launcher.exitCode);
    launcher.once('error', reject);
    launcher.once('exit', finish);
    setTimeout(resolve, LAUNCH_MS).unref();
  });
}
