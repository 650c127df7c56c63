import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { copySequence } from '../../src/tui/clipboard.ts';
import { temporaryFolder } from '../cli/run.ts';
import { named } from '../helpers/skip.ts';
import { startTerminal } from '../helpers/terminal.ts';

const noTmux = spawnSync('tmux', ['-V']).error ? 'there is no tmux here' : null;

/** The texts that a terminal was asked to copy. */
function copied(raw: string): string[] {
  return Array.from(raw.matchAll(/\]52;c?;([\w+/=]+)/g), ([, base64]) =>
    Buffer.from(base64!, 'base64').toString('utf8'),
  );
}

test.skipIf(noTmux).each(['set-clipboard on', 'allow-passthrough on'])(
  named('copied text reaches the terminal through tmux with %s', noTmux),
  async (setting) => {
    const folder = await temporaryFolder();
    const config = path.join(folder, 'tmux.conf');
    const sequence = path.join(folder, 'sequence');
    // By default, tmux allows neither. Of unknown terminals it must be told that they have a clipboard.
    const settings = ['set -g set-clipboard off', `set -g ${setting}`, "set -as terminal-features ',xterm*:clipboard'"];
    await writeFile(config, `${settings.join('\n')}\n`);
    await writeFile(sequence, copySequence('see you, “Grüße”', { TMUX: 'x' }));
    const socket = path.join(folder, 'socket');
    const tmux = ['-S', socket, '-f', config, 'new-session', `echo ready; read _; cat '${sequence}'; cat`];
    const terminal = startTerminal('tmux', tmux, { env: { TMUX: undefined } });
    onTestFinished(async () => {
      spawnSync('tmux', ['-S', socket, 'kill-server']);
      await terminal.close();
    });
    // What a program writes before the terminal is connected is not passed on.
    await terminal.waitForText(/ready[\s\S]*0:/);
    terminal.press('enter');
    await terminal.emulator.waitFor(() => copied(terminal.emulator.raw).length > 0, 'the text to be copied');
    expect(new Set(copied(terminal.emulator.raw))).toEqual(new Set(['see you, “Grüße”']));
  },
);
