import { describe, expect, test } from 'vitest';
import type { InspectOptions } from '../../../src/core/inspection.ts';
import type { DrawReader } from '../../../src/core/server/draw-options.ts';
import { fakeInspection } from '../../helpers/fake-inspection.ts';
import { countStrokes, heldReader, model, openPage, Page, startServer } from './server-helpers.ts';

const IMAGE = new Uint8Array(784).fill(9, 300, 500);

function ask(page: Page, id: number, fields: object = {}): void {
  const image = Buffer.from(IMAGE).toString('base64');
  page.socket.send(JSON.stringify({ type: 'inside', id, image, ...fields }));
}

/** A reader that inspects images when it is released, and notes what it is asked for. */
function inspecting(isHeld = false) {
  const asked: { image: Uint8Array; label: string | undefined }[] = [];
  const began = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  if (!isHeld) released.resolve();
  const inspect: DrawReader['inspect'] = async (image, options: InspectOptions) => {
    asked.push({ image: Uint8Array.from(image), label: options.label });
    began.resolve();
    const ended = new Promise<never>((_, reject) => {
      options.signal?.addEventListener('abort', () => reject(options.signal!.reason));
    });
    await Promise.race([released.promise, ended]);
    return fakeInspection(image, options);
  };
  return { inspect, asked, began: began.promise, release: released.resolve };
}

describe('the inside of the network', () => {
  test('a page is told that it may ask, and gets the influence map and the feature maps of an image', async () => {
    const { inspect, asked } = inspecting();
    const server = await startServer({ inspect });
    const page = new Page(server.url);
    expect(await page.next('hello')).toMatchObject({ inside: true });
    ask(page, 3, { label: '2' });
    const answer = await page.next('inside');
    expect(asked).toEqual([{ image: IMAGE, label: '2' }]);
    expect(answer).toMatchObject({ id: 3, label: '2', probability: 0.931, without: 0.412 });
    const expected = fakeInspection(IMAGE, { label: '2' });
    answer.influence.forEach((value, cell) => {
      expect(value).toBeCloseTo(expected.influence[cell]!, 3);
    });
    expect(answer.layers.map(({ name, shape }) => [name, shape])).toEqual([
      ['conv2d', [28, 28, 32]],
      ['conv2d_1', [14, 14, 64]],
      ['conv2d_2', [7, 7, 128]],
      ['dense', [256]],
    ]);
    expect(answer.layers[1]!.maps.map((map) => new Uint8Array(Buffer.from(map, 'base64')))).toEqual(
      expected.layers[1]!.maps,
    );
  });

  test('a page is not offered it if the model cannot be inspected', async () => {
    const server = await startServer();
    const page = new Page(server.url);
    expect(await page.next('hello')).not.toHaveProperty('inside');
  });

  test('drawings are read while an image is inspected', async () => {
    const { inspect, began, release } = inspecting(true);
    const server = await startServer({ inspect });
    const page = await openPage(server.url);
    ask(page, 1);
    await began;
    page.draw(2, 1);
    expect((await page.next('prediction')).id).toBe(2);
    release();
    expect((await page.next('inside')).id).toBe(1);
  });

  test('a question does not take the place of a drawing that waits', async () => {
    const { inspect } = inspecting();
    const { recognize, began, release } = heldReader();
    const server = await startServer({ inspect, recognize });
    const page = await openPage(server.url);
    page.draw(1, 1);
    await began;
    page.draw(2, 2);
    ask(page, 1);
    await page.next('inside');
    release();
    await page.next('prediction');
    expect((await page.next('prediction')).id).toBe(2);
  });

  test("only each page's latest question is answered, and pages take turns", async () => {
    const { inspect, asked, began, release } = inspecting(true);
    const server = await startServer({ inspect });
    const [first, second] = await Promise.all([openPage(server.url), openPage(server.url)]);
    ask(first!, 1, { label: 'a' });
    await began;
    for (const label of ['b', 'c']) ask(first!, 2, { label });
    ask(first!, 3, { label: 'd' });
    first!.draw(9, 1);
    await first!.next('prediction');
    ask(second!, 1, { label: 'e' });
    second!.draw(9, 1);
    await second!.next('prediction');
    release();
    await second!.next('inside');
    expect((await first!.next('inside')).id).toBe(1);
    expect((await first!.next('inside')).id).toBe(3);
    expect(asked.map(({ label }) => label)).toEqual(['a', 'd', 'e']);
  });

  test('an inspection ends when its page leaves, another model reads, or the server closes', async () => {
    const held = inspecting(true);
    const server = await startServer({ inspect: held.inspect });
    const page = await openPage(server.url);
    ask(page, 1);
    await held.began;
    page.socket.close();
    await page.closed;
    const again = inspecting(true);
    const other = await openPage(server.url);
    await server.switchReader({ model, recognize: countStrokes, inspect: again.inspect });
    ask(other, 2);
    await again.began;
    const next = inspecting(true);
    await server.switchReader({ model, recognize: countStrokes, inspect: next.inspect });
    ask(other, 3);
    await next.began;
    await server.close();
    expect(next.asked).toHaveLength(1);
  });

  test('a failure of an inspection closes the server with the error', async () => {
    const server = await startServer({ inspect: () => Promise.reject(new Error('a bug')) });
    const page = await openPage(server.url);
    ask(page, 1);
    await expect(
      (async () => {
        for await (const _ of server);
      })(),
    ).rejects.toThrow('a bug');
  });

  test.each([
    ['a short image', { image: 'AAAA' }],
    ['an image with other characters', { image: `${'!'.repeat(1046)}==` }],
    ['an image with a byte too many', { image: `${'A'.repeat(1047)}=` }],
    ['an image with two bytes too many', { image: 'A'.repeat(1048) }],
    ['an image with characters after its end', { image: `${'A'.repeat(1046)}==\n` }],
    ['a long label', { label: 'x'.repeat(65) }],
    ['an unknown field', { maps: 1000 }],
  ])('%s is refused', async (_, fields) => {
    const server = await startServer({ inspect: inspecting().inspect });
    const page = await openPage(server.url);
    ask(page, 1, fields);
    expect((await page.closed).code).toBe(1008);
    // Others can go on.
    const other = await openPage(server.url);
    ask(other, 1);
    expect((await other.next('inside')).id).toBe(1);
  });
});
