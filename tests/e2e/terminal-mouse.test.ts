import { describe, expect, onTestFinished, test } from 'vitest';
import { EXECUTABLE } from '../cli/run.ts';
import { openDrawScreen } from '../helpers/draw-screen.ts';
import { mouseDrag, mousePress, mouseRelease } from '../helpers/mouse.ts';
import { startTerminal, type Terminal } from '../helpers/terminal.ts';

/* The mouse on a pseudo-terminal: drawing with the included model, and a terminal that is left as it was. */

const ON = '\u001B[?1002h';
const OFF = '\u001B[?1002l';

/** Whether the program has the mouse reported at the end of what it has written. */
function isReported({ emulator }: Terminal): boolean {
  return emulator.raw.lastIndexOf(ON) > emulator.raw.lastIndexOf(OFF);
}

/** The app on its canvas in the terminal. */
async function openCanvas(): Promise<Terminal> {
  const { terminal } = await openDrawScreen();
  terminal.press('h');
  await terminal.waitForText(/drawing here/);
  await terminal.emulator.waitFor(() => isReported(terminal), 'the mouse');
  return terminal;
}

test('what is drawn with the mouse is read by the included model', async () => {
  const terminal = await openCanvas();
  const across = Array.from({ length: 16 }, (_, index) => mouseDrag(9 + index, 7));
  const down = Array.from({ length: 10 }, (_, index) => mouseDrag(23 - index, 8 + index));
  terminal.press(`${mousePress(8, 7)}${across.join('')}${down.join('')}${mouseRelease(14, 17)}`);
  await terminal.waitForText(/1\. 7 .*\d+\.\d%/);
  terminal.press('enter');
  await terminal.waitForText(/Saved as 7 · 1 sample[\s\S]*Adapted to 1 of your samples/);
  terminal.press('q');
  expect(await terminal.exitCode).toBe(0);
});

describe('the mouse is left to the terminal', () => {
  test.each(['q', 'ctrl+c'] as const)('after %s', async (key) => {
    const terminal = await openCanvas();
    terminal.press(key);
    await terminal.exitCode;
    expect(isReported(terminal)).toBe(false);
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)('after %s', async (signal) => {
    const terminal = await openCanvas();
    terminal.signal(signal);
    await terminal.exitCode;
    expect(isReported(terminal)).toBe(false);
  });

  test('after a crash', async () => {
    // An error that nothing catches, a moment after the mouse is used.
    const crash = `data:text/javascript,const write=process.stdout.write;process.stdout.write=function(text,...rest){
      if(String(text).includes('?1002h'))setTimeout(()=>{throw new Error('a bug')});
      return write.call(this,text,...rest)}`.replace(/\n\s*/g, '');
    const terminal = startTerminal(process.execPath, ['--import', crash, EXECUTABLE]);
    onTestFinished(() => terminal.close());
    expect(await terminal.exitCode).not.toBe(0);
    expect(terminal.emulator.raw).toContain(ON);
    expect(isReported(terminal)).toBe(false);
    expect(terminal.screen()).toMatch(/a bug/);
  });

  test.skipIf(process.platform === 'win32')('while the app is suspended', async () => {
    const shell = startTerminal('bash', ['--norc', '--noprofile', '-i'], { env: { PS1: 'shell: ', CI: 'true' } });
    onTestFinished(() => shell.close());
    await shell.waitForText(/shell: /);
    shell.press(`'${process.execPath}' '${EXECUTABLE}'`, 'enter');
    await shell.waitForText(/Next: /);
    await shell.emulator.waitFor(() => isReported(shell), 'the mouse');
    shell.press('ctrl+z');
    await shell.waitForText(/Stopped/);
    expect(isReported(shell)).toBe(false);
    shell.press('fg', 'enter');
    await shell.emulator.waitFor(() => isReported(shell) && /Next: /.test(shell.screen()), 'the app with the mouse');
  });
});
