import { messageOf } from '../../core/errors.ts';
import type { DrawServer } from '../../core/server/draw-server.ts';
import type { Context, Handler } from '../context.ts';
import { describeDrawing } from '../render/draw.ts';
import type { Output } from '../render/output.ts';
import { warnOfUnusable } from '../render/unusable.ts';
import { reportError } from '../report-error.ts';

export const runDraw: Handler<'draw'> = async (options, { paths, output, signal }) => {
  const { startDrawing } = await import('../../app/draw.ts');
  const hostHint = (host: string) => `If it should, start emnist-tui draw with --allow-host ${host}.`;
  const server = await startDrawing(options, { paths, signal, hostHint, onUnusable: warnOfUnusable(output) });
  if (server.samplesProblem) {
    reportError(server.samplesProblem, output);
    output.note('Until then, readings are not adapted, and drawings cannot be labeled.');
  }
  for await (const { event } of server) {
    output.event(event, (shown) => describeDrawing(shown, output.style));
    if (event.event === 'listening') await introduce(server, options.open !== false, output);
  }
};

/** Brings the user to the page: here, from a computer that is connected by SSH, or on other devices. */
async function introduce(server: DrawServer, open: boolean, output: Context['output']): Promise<void> {
  if (server.shared) {
    output.warn('the connection is not encrypted — use it only where nobody else can read along');
    await showCode(server.url, output);
  }
  const { sshForwarding } = await import('../../app/ssh-forwarding.ts');
  const forwarding = sshForwarding(process.env, server.url);
  if (forwarding) {
    output.note('To draw on the computer that you are connected from, run this there:');
    output.note(`  ${forwarding.command}\nand open ${forwarding.url}`);
  } else if (open) {
    const { openBrowser } = await import('../../app/open-browser.ts');
    openBrowser(server.launchUrl()).catch((error) => {
      output.warn(`could not open a browser (${messageOf(error)}) — open ${server.url} yourself`);
    });
  }
}

/** Shows the URL as a QR code, for a phone, if there is room for it. */
async function showCode(url: string, output: Output): Promise<void> {
  const { unicode, columns, paint } = output.style;
  if (!process.stderr.isTTY || !unicode) return;
  const { qrCode } = await import('../../app/qr-code.ts');
  const lines = qrCode(url);
  if (lines[0]!.length < columns) output.note(lines.map((line) => paint(['whiteBright', 'bgBlack'], line)).join('\n'));
}
