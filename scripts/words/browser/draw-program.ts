import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { DrawEvent } from '../../../src/core/server/draw-event.ts';

const EXECUTABLE = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../bin/emnist-tui.js');

/** A running `emnist-tui draw --text --json` of the built program, with an empty home. */
export interface DrawProgram extends AsyncDisposable {
  readonly url: string;
  /** What it has printed so far. */
  readonly events: readonly DrawEvent[];
}

export async function startDrawProgram(): Promise<DrawProgram> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'emnist-words-'));
  const program = spawn(process.execPath, [EXECUTABLE, 'draw', '--text', '--json', '--no-open'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, EMNIST_TUI_HOME: home },
  });
  const exited = once(program, 'exit');
  const events: DrawEvent[] = [];
  const listening = Promise.withResolvers<string>();
  createInterface({ input: program.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as DrawEvent;
    events.push(event);
    if (event.event === 'listening') listening.resolve(event.url);
  });
  const messages = text(program.stderr);
  exited.then(async () => listening.reject(new Error(`emnist-tui draw exited: ${await messages}`)), listening.reject);
  const end = async () => {
    program.kill();
    await exited;
    await rm(home, { recursive: true, force: true });
  };
  try {
    return { url: await listening.promise, events, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
