import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { startTerminal } from '../helpers/terminal.ts';
import { EXECUTABLE, type Program, run, start, temporaryFolder } from './run.ts';

/** Two strokes that look like `ll` or `11`. */
const STROKES = [20, 45].map((x) => Array.from({ length: 20 }, (_, step) => [x, 10 + 4 * step]));

/** A page in Word mode. */
class Page {
  readonly #socket: WebSocket;
  readonly hello: Promise<unknown>;
  #id = 0;

  constructor(url: string) {
    this.#socket = new WebSocket(url.replace('http:', 'ws:'));
    this.hello = once(this.#socket, 'message').then(([data]) => JSON.parse(String(data)));
    onTestFinished(() => this.#socket.terminate());
  }

  async write(strokes: readonly unknown[]): Promise<void> {
    await this.#send({ type: 'text', id: ++this.#id, strokes });
  }

  async accept(text: string): Promise<void> {
    await this.#send({ type: 'accept', id: ++this.#id, text, key: `key-${this.#id}` });
  }

  async #send(message: unknown): Promise<void> {
    await this.hello;
    this.#socket.send(JSON.stringify(message));
  }
}

/** Starts `draw` with a page. The address is on stdout, or with `--type` on stderr. */
async function startDraw(...args: string[]): Promise<{ program: Program; page: Page }> {
  const program = start(['draw', '--no-open', ...args], { home: await temporaryFolder() });
  const url = await program.until(({ stdout, stderr }) => /http:[^\s"]+(?=[\s"])/.exec(stdout + stderr)?.[0]);
  return { program, page: new Page(url) };
}

test('--text opens pages for words, and its events are how a line is read and what is accepted', async () => {
  const { program, page } = await startDraw('--text', '--json');
  expect(await page.hello).toMatchObject({ text: true, mode: 'word' });
  await page.write(STROKES);
  const { text, candidates, characters } = await program.event('text');
  expect(text).toMatch(/^\S+/);
  expect((candidates as { text: string }[])[0]!.text).toBe(text);
  expect(characters).toHaveLength(String(text).replaceAll(' ', '').length);
  await page.accept('see you');
  expect(await program.event('accepted')).toEqual({ event: 'accepted', client: 1, text: 'see you' });
});

test('in a pipe, only what is final is printed', async () => {
  const { program, page } = await startDraw('--text');
  await page.write(STROKES);
  await page.accept('see you');
  await program.until(({ stdout }) => stdout.includes('page 1: see you\n'));
  expect(program.stdout + program.stderr).not.toMatch(/Character|Strokes|%/);
});

test('--type prints accepted text and nothing else, one line for each; Ctrl-C ends it with 130', async () => {
  const { program, page } = await startDraw('--type');
  expect(await page.hello).toMatchObject({ mode: 'word' });
  await page.write(STROKES);
  await page.accept('see you');
  // It is not held back until there is more.
  await program.until(({ stdout }) => stdout === 'see you\n');
  await page.accept('first line\nsecond\u202e line ');
  await program.until(({ stdout }) => stdout.endsWith('line\n'));
  program.kill('SIGINT');
  const { code, stdout, stderr } = await program.end();
  expect([code, stdout]).toEqual([130, 'see you\nfirst line second  line\n']);
  expect(stderr).toMatch(/^Write at http/m);
  expect(stderr).not.toContain('emnist-tui:');
});

test('--type ends quietly when its output is no longer read', async () => {
  const { program, page } = await startDraw('--type');
  program.child.stdout.destroy();
  await page.accept('see you');
  const { code, stderr } = await program.end();
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/emnist-tui:|EPIPE|Stopping/);
});

test('--type with --json prints the events of accepted text only', async () => {
  const { program, page } = await startDraw('--type', '--json');
  await page.write(STROKES);
  await page.accept('see you');
  await program.event('accepted');
  expect(program.events).toEqual([{ event: 'accepted', client: 1, text: 'see you' }]);
});

test('--type warns that others can write to the program, if they can reach the page', async () => {
  const program = start(['draw', '--no-open', '--type', '--host', '0.0.0.0'], { home: await temporaryFolder() });
  await program.until(({ stderr }) => /warning: .*can write to the program/.test(stderr));
  expect(program.stdout).toBe('');
});

test('on a terminal, a line is shown in place while it is written, with how it was cut', async () => {
  const terminal = startTerminal(process.execPath, [EXECUTABLE, 'draw', '--no-open', '--text'], {
    env: { EMNIST_TUI_HOME: await temporaryFolder() },
  });
  onTestFinished(() => terminal.close());
  const [url = ''] = /http:\S+/.exec(await terminal.waitForText(/http:\S+\n/)) ?? [];
  const page = new Page(url);
  await page.write(STROKES);
  await terminal.waitForText(/page 1: \S+ [\d.]+%.*\n {2}Character +\S+.*\n {2}Sure \(%\) +\d+.*\n {2}Strokes +\d/);
  await page.accept('see you');
  const shown = await terminal.waitForText(/page 1: see you\n/);
  expect(shown).not.toMatch(/Character/);
  await page.write([]);
  await page.write(STROKES);
  await terminal.waitForText(/page 1: see you\npage 1: .*\n {2}Character/);
  terminal.press('ctrl+c');
  expect(await terminal.exitCode).toBe(130);
  expect(terminal.screen()).not.toMatch(/Character/);
});

test('a lexicon that cannot be read is refused before the page is served; of one that can, odd lines are counted', async () => {
  const home = await temporaryFolder();
  const missing = await run(['draw', '--no-open', '--text', '--lexicon', 'no-such-file.txt'], { home });
  expect([missing.code, missing.stdout]).toEqual([1, '']);
  expect(missing.stderr).toContain('no-such-file.txt');
  const file = path.join(home, 'words.txt');
  await writeFile(file, 'll 9\nhello\n日本\n');
  const { program, page } = await startDraw('--text', '--json', '--lexicon', file);
  await program.until(({ stderr }) => /words\.txt: read 2 words; 1 line left out/.test(stderr));
  await page.write(STROKES);
  expect(await program.event('text')).toHaveProperty('candidates');
});
