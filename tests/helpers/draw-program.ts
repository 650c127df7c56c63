import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import type { DrawEvent } from '../../src/core/server/draw-event.ts';
import { EXECUTABLE, temporaryFolder } from '../cli/run.ts';

/**
 * Starts the built `draw` with the shipped model: the events it prints, and its URL. It is killed when the test ends.
 *
 * @param home its data folder. Default: an empty one, so that nobody's own samples are read.
 */
export async function startDraw({ home, args = [] }: { home?: string; args?: readonly string[] } = {}) {
  const program = spawn(process.execPath, [EXECUTABLE, 'draw', '--model', 'shipped', '--no-open', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, EMNIST_TUI_HOME: home ?? (await temporaryFolder()) },
  });
  onTestFinished(() => void program.kill('SIGKILL'));
  const events: DrawEvent[] = [];
  let text = '';
  const listening = Promise.withResolvers<string>();
  program.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const complete = text.split('\n');
    text = complete.pop()!;
    for (const line of complete) {
      const event: DrawEvent = JSON.parse(line);
      events.push(event);
      if (event.event === 'listening') listening.resolve(event.url);
    }
  });
  program.on('exit', () => listening.reject(new Error('emnist-tui draw exited unexpectedly')));
  return { program, events, url: await listening.promise };
}
