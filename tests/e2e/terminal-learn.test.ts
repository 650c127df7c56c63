import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { resolvePaths } from '../../src/core/paths.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { writeBy } from '../accuracy/characters.ts';
import { EXECUTABLE, temporaryFolder } from '../cli/run.ts';
import { PI, writeOften } from '../helpers/hand.ts';
import { startTerminal } from '../helpers/terminal.ts';

const MINUTE = 60_000;

test('a hand is learned by keys: import, label, learn, draw with the new model, undo', {
  timeout: 10 * MINUTE,
}, async () => {
  const home = await temporaryFolder();
  const file = path.join(await temporaryFolder(), 'hand.jsonl');
  const lines = writeOften(PI, 14).map((strokes) => `${JSON.stringify({ label: 'π', strokes })}\n`);
  await writeFile(file, lines.join(''));
  const app = startTerminal(process.execPath, [EXECUTABLE], {
    env: { CI: 'true', NO_COLOR: undefined, FORCE_COLOR: undefined, EMNIST_TUI_HOME: home, BROWSER: 'true', PATH: '' },
  });
  onTestFinished(() => app.close());
  const stored = async () => (await SampleStore.open(resolvePaths(home).samples)).samples;

  await app.waitForText(/Next: /, MINUTE);
  app.press('l');
  await app.waitForText(/No samples yet/);
  app.press('i');
  await app.waitForText(/Import from/);
  app.press(`\u001B[200~${file}\u001B[201~`);
  await app.waitForText(/hand\.jsonl/);
  app.press('enter');
  await app.waitForText(/Imported 14 samples[\s\S]*/, MINUTE);
  await app.waitForText(/π +14 +○{14} +new to the model/, MINUTE);

  // One more, drawn on the page and labeled here.
  app.press('p');
  const listening = await app.waitForText(/no page connected\s+http:\S+#practice/, MINUTE);
  await draw(/http:[^\s#]+/.exec(listening)![0], writeBy(50, PI));
  await app.waitForText(/Read in .* ms[\s\S]*Adapted to 14/, MINUTE);
  app.press('l');
  await app.waitForText(/It is/);
  app.press('π', 'enter');
  await app.waitForText(/Saved as π · 15/);
  expect((await stored()).at(-1)).toMatchObject({ label: 'π' });
  app.press('escape');
  await app.waitForText(/15 samples of 1 label/, MINUTE);

  app.press('enter');
  await app.waitForText(/to learn, \d+ held out · new: π/, MINUTE);
  await app.waitForText(/Learned in .*shipped-hand[\s\S]*Your samples +0\.0% → /, 8 * MINUTE);
  app.press('d');
  const drawing = await app.waitForText(/^ Draw with shipped-hand[\s\S]*no page connected\s+http:\S+/, MINUTE);
  expect(drawing).toContain('48 classes');
  await draw(/http:\S+/.exec(drawing)![0], writeBy(60, PI));
  await app.waitForText(/1\. π /, MINUTE);
  app.press('escape');
  await app.waitForText(/It is now the default/);
  app.press('u');
  await app.waitForText(/shipped is now the default/);
  app.press('escape');
  // The default model reads them.
  await app.waitForText(/shipped reads 0 right/, MINUTE);
});

/** Draws on a page that stays open. */
async function draw(url: string, strokes: Drawing): Promise<void> {
  const socket = new WebSocket(url.replace('http', 'ws'));
  onTestFinished(() => socket.terminate());
  await new Promise((resolve, reject) => socket.once('message', resolve).once('error', reject));
  socket.send(JSON.stringify({ type: 'drawing', id: 1, strokes }));
}
