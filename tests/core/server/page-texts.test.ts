import { describe, expect, test } from 'vitest';
import { EmnistError } from '../../../src/core/errors.ts';
import type { DrawUpdate, TextRecognition } from '../../../src/core/server/draw-event.ts';
import type { LineReader } from '../../../src/core/server/draw-options.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import { hasClients, openPage, Page, startServer, updatesUntil } from './server-helpers.ts';

/** What a line of this many strokes is read as: `aaa` for three. */
function reading(strokes: number): TextRecognition {
  const text = 'a'.repeat(strokes);
  const candidates = [
    { text, probability: 0.75 },
    { text: `${text}h`, probability: 0.25 },
  ];
  const indices = Array.from({ length: strokes }, (_, index) => index);
  return {
    text,
    candidates,
    characters: indices.map((index) => ({ label: 'a', probability: 0.5, strokes: [index] })),
    words: [{ text, candidates, strokes: indices }],
    model: 'test-words',
  };
}

/** A reader of lines that notes what it is asked for. */
function noting(read: (strokes: Drawing) => Promise<TextRecognition> = async ({ length }) => reading(length)) {
  const accepted: string[] = [];
  const counts = { prepared: 0 };
  const text: LineReader = {
    prepare: () => void counts.prepared++,
    read,
    accept: (accepts) => void accepted.push(accepts),
  };
  return { text, accepted, counts };
}

function write(page: Page, id: number, strokes: number): void {
  const dots = Array.from({ length: strokes }, (_, index) => [[index, index]]);
  page.socket.send(JSON.stringify({ type: 'text', id, strokes: dots }));
}

function accept(page: Page, id: number, text: string, key: string): void {
  page.socket.send(JSON.stringify({ type: 'accept', id, text, key }));
}

const isText = ({ event }: DrawUpdate) => event.event === 'text';
const isAccepted = ({ event }: DrawUpdate) => event.event === 'accepted';

describe('lines of text', () => {
  test('a page is told that lines are read and in which mode it starts, and gets each reading, which is also yielded', async () => {
    const server = await startServer({ text: noting().text, mode: 'word' });
    const page = new Page(server.url);
    expect(await page.next('hello')).toMatchObject({ text: true, mode: 'word' });
    write(page, 7, 3);
    const { milliseconds, ...answer } = await page.next('text');
    expect(answer).toEqual({ type: 'text', id: 7, ...reading(3) });
    const update = (await updatesUntil(server[Symbol.asyncIterator](), isText)).at(-1)!;
    expect(update.event).toEqual({ event: 'text', client: 1, strokes: 3, milliseconds, ...reading(3) });
    expect(update.line).toHaveLength(3);
  });

  test('open pages are told when the mode changes, and later ones start in it', async () => {
    const server = await startServer({ text: noting().text });
    const page = new Page(server.url);
    expect(await page.next('hello')).not.toHaveProperty('mode');
    server.setMode('word');
    expect(await page.next('mode')).toEqual({ type: 'mode', mode: 'word' });
    expect(await new Page(server.url).next('hello')).toMatchObject({ mode: 'word' });
    server.setMode('character');
    expect(await page.next('mode')).toEqual({ type: 'mode', mode: 'character' });
    expect(await new Page(server.url).next('hello')).not.toHaveProperty('mode');
  });

  test('pages start with characters unless told otherwise', async () => {
    const server = await startServer({ text: noting().text });
    const page = new Page(server.url);
    const { text, mode } = await page.next('hello');
    expect([text, mode]).toEqual([true, undefined]);
  });

  test('without a reader of lines none is offered, and a line that is sent is refused while drawings are still read', async () => {
    const server = await startServer({ mode: 'word' });
    const page = new Page(server.url);
    const { text, mode } = await page.next('hello');
    expect([text, mode]).toEqual([undefined, undefined]);
    write(page, 1, 2);
    expect(await page.next('text-refused')).toEqual({
      type: 'text-refused',
      id: 1,
      message: 'Words cannot be read here.',
    });
    page.draw(1, 2);
    expect((await page.next('prediction')).predictions[0]!.label).toBe('2');
  });

  test('an empty line prepares the reader and is answered without being read', async () => {
    const { text, counts } = noting(async () => {
      throw new Error('must not be read');
    });
    const server = await startServer({ text });
    const page = await openPage(server.url);
    write(page, 1, 0);
    expect(await page.next('text')).toMatchObject({ id: 1, text: '', candidates: [], words: [], characters: [] });
    expect(counts.prepared).toBe(1);
  });

  test('a reader that fails is said on the page without the folders of this machine, and the next line is read', async () => {
    let fails = true;
    const { text } = noting(async ({ length }) => {
      if (!fails) return reading(length);
      fails = false;
      throw new EmnistError('installation-damaged', '/usr/lib/emnist/words.bin is missing', {
        path: '/usr/lib/emnist/words.bin',
      } as never);
    });
    const server = await startServer({ text });
    const page = await openPage(server.url);
    write(page, 1, 1);
    expect(await page.next('text-refused')).toEqual({ type: 'text-refused', id: 1, message: 'Words.bin is missing.' });
    write(page, 2, 1);
    expect((await page.next('text')).text).toBe('a');
  });

  test('a bug in the reader closes the server and ends the updates with the error', async () => {
    const { text } = noting(async () => {
      throw new RangeError('a bug');
    });
    const server = await startServer({ text });
    const page = await openPage(server.url);
    write(page, 1, 1);
    await expect(updatesUntil(server[Symbol.asyncIterator](), isText)).rejects.toThrow('a bug');
    expect((await page.closed).code).toBe(1001);
  });

  test('only the latest line of a page is read while another waits, and pages do not get the lines of others', async () => {
    const released = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const read: number[] = [];
    const { text } = noting(async ({ length }) => {
      began.resolve();
      await released.promise;
      read.push(length);
      return reading(length);
    });
    const server = await startServer({ text });
    const [one, two] = [await openPage(server.url), await openPage(server.url)];
    write(one, 1, 1);
    await began.promise;
    for (const strokes of [2, 3, 4]) write(one, strokes, strokes);
    two.draw(1, 5);
    // Both are there once a later ping of each is answered.
    for (const page of [one, two]) {
      page.socket.send('{"type":"ping"}');
      await page.next('pong');
    }
    released.resolve();
    expect((await one.next('text')).text).toBe('a');
    expect((await one.next('text')).text).toBe('aaaa');
    expect((await two.next('prediction')).predictions[0]!.label).toBe('5');
    expect(read).toEqual([1, 4]);
    expect(two.messages).toEqual([]);
  });

  test.each([
    ['an invalid point', { type: 'text', id: 1, strokes: [[[1]]] }],
    ['what only drawings have', { type: 'text', id: 1, strokes: [], characters: 'digits' }],
    ['a text with control characters', { type: 'accept', id: 1, text: 'a\u001b[31m', key: 'k' }],
    ['a text without a key', { type: 'accept', id: 1, text: 'a' }],
  ])('a page that sends %s is refused', async (_, message) => {
    const { text, accepted } = noting();
    const server = await startServer({ text });
    const page = await openPage(server.url);
    page.socket.send(JSON.stringify(message));
    expect((await page.closed).code).toBe(1008);
    expect(accepted).toEqual([]);
  });
});

describe('accepted texts', () => {
  test('are passed on in order, also several at once, and one that is sent again counts once', async () => {
    const { text, accepted } = noting();
    const server = await startServer({ text });
    const page = await openPage(server.url);
    accept(page, 1, 'hello world', 'a');
    accept(page, 2, 'label" accept"', 'b');
    accept(page, 3, 'label" accept"', 'b');
    write(page, 1, 1);
    accept(page, 4, 'hello world', 'c');
    for (const id of [1, 2, 3, 4]) expect(await page.next('accepted')).toEqual({ type: 'accepted', id });
    expect(accepted).toEqual(['hello world', 'label" accept"', 'hello world']);
    // From another page, which has taken over the tab.
    const other = await openPage(server.url);
    accept(other, 1, 'hello world', 'a');
    await other.next('accepted');
    expect(accepted).toHaveLength(3);
    await server.close();
    const updates: DrawUpdate[] = [];
    for await (const update of server) updates.push(update);
    expect(updates.filter(isAccepted).map(({ event }) => event)).toEqual(
      accepted.map((said) => ({ event: 'accepted', client: 1, text: said })),
    );
  });

  test('none is lost while the updates are not read, unlike readings that a later one replaces', async () => {
    const { text } = noting();
    const server = await startServer({ text });
    const page = await openPage(server.url);
    for (let id = 1; id <= 20; id++) accept(page, id, `first ${id}`, `first ${id}`);
    for (let id = 1; id <= 20; id++) await page.next('accepted');
    for (let id = 1; id <= 60; id++) {
      write(page, id, (id % 5) + 1);
      await page.next('text');
    }
    const updates = server[Symbol.asyncIterator]();
    const other = await openPage(server.url);
    const read = await updatesUntil(updates, hasClients(2));
    expect(read.filter(isAccepted)).toHaveLength(20);
    expect(read.filter(isText).length).toBeLessThan(33);
    other.socket.terminate();
  });
});
