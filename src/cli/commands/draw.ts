import { messageOf } from '../../core/errors.ts';
import type { Handler } from '../context.ts';
import { describeDrawing } from '../render/draw.ts';

export const runDraw: Handler<'draw'> = async (options, { paths, output, signal }) => {
  const { startDrawing } = await import('../../app/draw.ts');
  const { openBrowser } = await import('../../app/open-browser.ts');
  const server = await startDrawing(options, { paths, signal });
  for await (const { event } of server) {
    output.event(event, (shown) => describeDrawing(shown, output.style));
    if (event.event === 'listening' && options.open) {
      openBrowser(event.url).catch((error) => {
        output.warn(`could not open a browser (${messageOf(error)}) — open ${event.url} yourself`);
      });
    }
  }
};
