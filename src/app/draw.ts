import { loadModel } from '../core/model/model-store.ts';
import { createRecognizer } from '../core/recognizer/recognizer.ts';
import { type DrawServer, startDrawServer } from '../core/server/draw-server.ts';
import { rasterize } from '../core/strokes/rasterize.ts';
import { type DrawOptions, drawOptions } from './options/draw.ts';
import { parseOptions } from './options/parse.ts';
import type { WorkContext } from './work.ts';

/** Serves the canvas page with a model. The model is disposed of when the server closes. */
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
