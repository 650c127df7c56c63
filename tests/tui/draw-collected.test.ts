import { afterEach, expect, test } from 'vitest';
import type { DrawUpdate } from '../../src/core/server/draw-event.ts';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';
import { fakeStatus } from '../helpers/fake-status.ts';

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

  app.press('d');
  await app.screen.waitForText(/w words/);
  app.press('w');
  await app.screen.waitForText(/see you[\s\S]*c copy/);
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
