import { afterEach, expect, test } from 'vitest';
import { type AppTerminal, openApp } from '../helpers/app-terminal.ts';
import { FakeServices } from '../helpers/fake-services.ts';

let app: AppTerminal | undefined;
afterEach(async () => {
  await app?.end();
  app = undefined;
});

test('opens with the menu, what is there and the next step', async () => {
  app = openApp(new FakeServices());
  const text = await app.screen.waitForText(/Next:/);
  console.log(text);
  expect(text).toMatch(/f\s+Fetch/);
});
