import { messageOf } from '../../core/errors.ts';
import type { DrawEvent } from '../../core/server/draw-event.ts';
import type { DrawServer } from '../../core/server/draw-server.ts';
import type { Context, Handler } from '../context.ts';
import { describeDrawing } from '../render/draw.ts';
import { acceptedLine } from '../render/draw-text.ts';
import { noteLexicon } from '../render/lexicon.ts';
import type { Output } from '../render/output.ts';
import { warnOfUnusable } from '../render/unusable.ts';
import { reportError } from '../report-error.ts';

export const runDraw: Handler<'draw'> = async (given, { paths, output, signal }) => {
  const options = given.type ? { ...given, text: true } : given;
  const { startDrawing } = await import('../../app/draw.ts');
  const hostHint = (host: string) => `If it should, start emnist-tui draw with --allow-host ${host}.`;
  const look = { logStyle: output.logStyle, text: options.text };
  const notes = { onUnusable: warnOfUnusable(output), onLexicon: noteLexicon(output) };
  const server = await startDrawing(options, { paths, signal, hostHint, ...notes });
  if (server.samplesProblem) {
    reportError(server.samplesProblem, output);
    output.note('Until then, readings are not adapted, and drawings cannot be labeled.');
  }
  for await (const { event } of server) {
    if (options.type) showTyped(event, output);
    else output.event(event, (shown) => describeDrawing(shown, output.style, look));
    if (event.event !== 'listening') continue;
    if (options.type && server.shared)
      output.warn('anyone who has the address can write to the program that reads the text');
    await introduce(server, options.open !== false, output);
  }
};

/** Only accepted text goes to stdout, where another program may read it; everything else to stderr. */
function showTyped(event: DrawEvent, output: Output): void {
  if (event.event !== 'accepted') {
    output.aside(describeDrawing(event, output.logStyle, { text: true }));
    return;
  }
  // The program may print on the same terminal.
  output.close();
  output.event(event, ({ text }) => ({ result: acceptedLine(text) }));
}

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
