import { Command, Option } from 'commander';
import { messageOf } from '../../core/errors.ts';
import { integer, text } from '../arguments.ts';
import type { Run } from '../context.ts';
import { modelOption } from '../options.ts';
import { describeDrawing } from '../render/draw.ts';

interface DrawOptions {
  port: number;
  host: string;
  open: boolean;
  model?: string;
}

export function drawCommand(run: Run): Command {
  return new Command('draw')
    .summary('draw in the browser and see what is recognized')
    .description('Serves a page to draw on, opens it in the browser and prints what is recognized. Ctrl-C ends it.')
    .addOption(
      new Option('--port <n>', 'port to serve on; 0 takes a free one')
        .argParser(integer('--port', 0, 65_535))
        .default(0),
    )
    .addOption(
      new Option('--host <address>', 'address to serve on; 0.0.0.0 lets others in the network draw')
        .argParser(text('--host'))
        .default('127.0.0.1'),
    )
    .option('--no-open', 'do not open the browser')
    .addOption(modelOption())
    .action(({ port, host, open, model }: DrawOptions) =>
      run(async ({ paths, output, signal }) => {
        const { openBrowser, startDrawing } = await import('../../app/draw.ts');
        const server = await startDrawing({ port, host, model }, paths, signal);
        for await (const { event } of server) {
          output.event(event, (shown) => describeDrawing(shown, output.style));
          if (event.event === 'listening' && open) {
            openBrowser(event.url).catch((error) => {
              output.warn(`no browser could be opened (${messageOf(error)}) — open ${event.url} yourself`);
            });
          }
        }
      }),
    );
}
