import { afterEach, expect, test } from 'vitest';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeStatus } from '../helpers/fake-status.ts';
import { written } from './scenes/writing.ts';

let app: AppTerminal;
afterEach(async () => {
  await app.end();
});

const page: DrawUpdate = { event: { event: 'client', clients: 1 } };
const accepted = (text: string): DrawUpdate => ({ event: { event: 'accepted', client: 1, text } });

test('accepted text is still there when the screen is left and opened again, until it is cleared', async () => {
  const services = new FakeServices(fakeStatus());
  app = openApp(services);
  app.press('d');
  await app.screen.waitForText(/w words/);
  app.press('w');
  services.servers[0]!.push(page, accepted('see you'));
  await app.screen.waitForText(/see you[\s\S]*c copy {2}Del clear/);
  app.press('escape');
  await app.screen.waitForText(/Next: /);

  // The page starts in the mode that was chosen, and so does the screen.
  app.press('d');
  await app.screen.waitForText(/see you[\s\S]*c copy[\s\S]*w characters/);
  services.servers[1]!.push(page, accepted('tomorrow'));
  await app.screen.waitForText(/see you tomorrow/);
  app.press('c');
  await app.screen.waitForText(/Copied 16 characters/);
  // Copied text can be cleared too.
  expect(app.screen.text()).toMatch(/Del clear/);
  expect(app.screen.text()).not.toMatch(/c copy/);
  app.press('delete');
  await app.screen.waitForText(/is collected here/);
  expect(app.screen.text()).not.toMatch(/see you|Copied|clear/);
});

test('the screen follows the mode of a page that is open when the server restarts', async () => {
  const services = new FakeServices(fakeStatus());
  app = openApp(services);
  app.press('d');
  await app.screen.waitForText(/w words/);
  services.servers[0]!.push(page, written([['no', 0.6]], []));
  await app.screen.waitForText(/w characters/);
  app.press('s');
  await app.screen.waitForText(/y yes|Share/);
  app.press('y');
  await app.screen.waitForText(/s unshare/);
  expect(services.servers).toHaveLength(2);
  expect(app.screen.text()).toMatch(/w characters/);
});
