import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { EmnistError } from '../../../src/core/errors.ts';
import type { DrawUpdate } from '../../../src/core/server/draw-event.ts';
import { MAX_WAITING_LABELS } from '../../../src/core/server/page-labels.ts';
import { MemorySampleBook } from '../../helpers/memory-sample-book.ts';
import { countStrokes, openPage, type Page, startServer, updatesUntil } from './server-helpers.ts';

const STROKES = [[[1, 2, 0.5]], [[3, 4]]];

function sendLabel(page: Page, id: number, label: string, fields: object = {}): void {
  page.socket.send(JSON.stringify({ type: 'label', id, label, strokes: STROKES, origin: 'corrected', ...fields }));
}

function sendUnlabel(page: Page, id: number, sample: string): void {
  page.socket.send(JSON.stringify({ type: 'unlabel', id, sample }));
}

/** Lets changes of a book wait until it is opened. */
function gate(book: MemorySampleBook) {
  const { promise, resolve: open } = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  book.beforeChange = () => {
    began.resolve();
    return promise;
  };
  return { open, began: began.promise };
}

const isSample = ({ event }: DrawUpdate) => event.event === 'sample';
const FILE = path.resolve('home', 'samples.jsonl');
const diskFull = () => new EmnistError('disk-full', `no space left for ${FILE}`, { path: FILE });

describe('labeling', () => {
  test('stores the drawing, tells all pages, and yields an event', async () => {
    const book = new MemorySampleBook(['g', 'q']);
    const server = await startServer({ samples: book });
    const page = await openPage(server.url);
    expect(await page.next('samples')).toEqual({ type: 'samples', samples: 0, labels: [], practice: ['g', 'q'] });
    const other = await openPage(server.url);
    await other.next('samples');
    // A G with its accent as a character of its own, and a blank.
    sendLabel(page, 5, 'G\u0306 ', { readAs: '6', key: 'k' });
    expect(await page.next('labeled')).toEqual({ type: 'labeled', id: 5, sample: 'k', label: '\u011e' });
    expect(book.samples).toMatchObject([{ label: '\u011e', strokes: STROKES, origin: 'corrected', readAs: '6' }]);
    expect(book.samples[0]).not.toHaveProperty('key');
    for (const one of [page, other]) {
      expect(await one.next('samples')).toMatchObject({ samples: 1, labels: [{ label: '\u011e', count: 1 }] });
    }
    const [update] = (await updatesUntil(server[Symbol.asyncIterator](), isSample)).slice(-1);
    expect(update!.event).toEqual({ event: 'sample', client: 1, label: '\u011e', samples: 1 });
    expect(await (await openPage(server.url)).next('samples')).toMatchObject({ samples: 1 });
  });

  test('is undone by the ID of the sample, whoever labeled it, and once', async () => {
    const book = new MemorySampleBook();
    const server = await startServer({ samples: book });
    const page = await openPage(server.url);
    sendLabel(page, 1, 'g');
    const { sample } = await page.next('labeled');
    const other = await openPage(server.url);
    sendUnlabel(other, 1, sample);
    expect(await other.next('unlabeled')).toEqual({ type: 'unlabeled', id: 1, sample });
    expect(book.samples).toEqual([]);
    sendUnlabel(page, 2, sample);
    expect(await page.next('unlabeled')).toMatchObject({ id: 2, sample });
    sendLabel(page, 3, 'q');
    await page.next('labeled');
    const updates = await updatesUntil(
      server[Symbol.asyncIterator](),
      ({ event }) => event.event === 'sample' && event.label === 'q',
    );
    expect(updates.filter(isSample).map(({ event }) => event)).toEqual([
      { event: 'sample', client: 1, label: 'g', samples: 1 },
      { event: 'sample', client: 2, label: 'g', samples: 0, removed: true },
      { event: 'sample', client: 1, label: 'q', samples: 1 },
    ]);
  });

  test('keeps every label, in order, whatever is drawn in between and while another page labels', async () => {
    const book = new MemorySampleBook();
    const server = await startServer({ samples: book });
    const pages = await Promise.all([openPage(server.url), openPage(server.url)]);
    const { open, began } = gate(book);
    const letters = [...'abcdefghijkl'];
    for (const [index, letter] of letters.entries()) {
      for (const [number, page] of pages.entries()) {
        page.draw(2 * index, 1);
        sendLabel(page, 2 * index + 1, number === 0 ? letter : letter.toUpperCase());
        page.draw(2 * index, 2);
      }
    }
    await began;
    open();
    for (const page of pages) {
      for (const index of letters.keys()) expect((await page.next('labeled')).id).toBe(2 * index + 1);
    }
    expect(book.labels.filter((label) => /[a-z]/.test(label))).toEqual(letters);
    expect(book.labels.filter((label) => /[A-Z]/.test(label))).toEqual(letters.map((letter) => letter.toUpperCase()));
  });

  test('does not wait for a drawing that is being recognized', async () => {
    const recognizing = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const server = await startServer({
      samples: new MemorySampleBook(),
      recognize: async (strokes) => {
        began.resolve();
        await recognizing.promise;
        return await countStrokes(strokes);
      },
    });
    const page = await openPage(server.url);
    page.draw(1, 1);
    await began.promise;
    sendLabel(page, 2, 'g');
    await page.next('labeled');
    recognizing.resolve();
    await page.next('prediction');
  });

  test('is done once if the page sends it again, since it did not get the answer', async () => {
    const book = new MemorySampleBook();
    const server = await startServer({ samples: book });
    const page = await openPage(server.url);
    const { open, began } = gate(book);
    sendLabel(page, 1, 'g', { key: 'one-of-its-own' });
    await began;
    page.socket.terminate();
    const again = await openPage(server.url);
    sendLabel(again, 1, 'g', { key: 'one-of-its-own' });
    // Another program may number its labels in the same way.
    sendLabel(again, 1, 'h');
    open();
    expect(await again.next('labeled')).toMatchObject({ sample: 'one-of-its-own' });
    expect(await again.next('labeled')).toMatchObject({ sample: 'sample-1' });
    expect(book.labels).toEqual(['g', 'h']);
  });

  test('is done even if the page is closed or its connection is cut right after', async () => {
    const book = new MemorySampleBook();
    const server = await startServer({ samples: book });
    const [closed, cut] = [await openPage(server.url), await openPage(server.url)];
    const { open, began } = gate(book);
    sendLabel(cut, 1, 'a');
    await began;
    sendLabel(closed, 1, 'b');
    closed.socket.close();
    await closed.closed;
    cut.socket.terminate();
    await cut.closed;
    open();
    const updates = server[Symbol.asyncIterator]();
    for (const client of [2, 1]) {
      const [{ event }] = (await updatesUntil(updates, isSample)).slice(-1) as [DrawUpdate];
      expect(event).toMatchObject({ client });
    }
    expect(book.labels).toEqual(['a', 'b']);
  });

  test('is done before the server has closed', async () => {
    const book = new MemorySampleBook();
    const server = await startServer({ samples: book });
    const page = await openPage(server.url);
    const { open, began } = gate(book);
    sendLabel(page, 1, 'a');
    sendLabel(page, 2, 'b');
    await began;
    const closed = server.close().then(() => book.labels);
    open();
    expect(await closed).toEqual(['a', 'b']);
    expect(await page.next('labeled')).toMatchObject({ id: 1 });
    expect(await page.next('labeled')).toMatchObject({ id: 2 });
    expect((await page.closed).code).toBe(1001);
    expect(book.isWatched).toBe(false);
  });
});

describe('a label is refused', () => {
  test('if it cannot be stored: the page is told, stays connected, and can send it again', async () => {
    const book = new MemorySampleBook();
    const server = await startServer({ samples: book });
    const page = await openPage(server.url);
    book.beforeChange = async () => {
      throw diskFull();
    };
    sendLabel(page, 1, 'g', { key: 'k' });
    // Other devices need not know where the user's files are.
    const message = 'No space left for samples.jsonl.';
    expect(await page.next('label-refused')).toEqual({ type: 'label-refused', id: 1, message });
    sendUnlabel(page, 2, 'sample-1');
    expect(await page.next('label-refused')).toEqual({ type: 'label-refused', id: 2, message });
    book.beforeChange = async () => {};
    sendLabel(page, 3, 'g', { key: 'k' });
    expect(await page.next('labeled')).toMatchObject({ id: 3 });
  });

  test.each([
    ['empty', ' '],
    ['too long', 'signature'],
    ['not printable', 'a\u0007'],
  ])('if it is %s', async (_, label) => {
    const book = new MemorySampleBook();
    const server = await startServer({ samples: book });
    const page = await openPage(server.url);
    sendLabel(page, 1, label);
    expect((await page.next('label-refused')).message).toContain('1 to 8 characters');
    expect(book.samples).toEqual([]);
  });

  test('where there are no samples', async () => {
    const server = await startServer();
    const page = await openPage(server.url);
    sendLabel(page, 1, 'g');
    expect((await page.next('label-refused')).message).toBe('Drawings cannot be labeled here.');
    expect(page.messages.filter(({ type }) => type === 'samples')).toEqual([]);
  });
});

describe('too many labels', () => {
  test('end the connection, after those that were accepted are stored', async () => {
    const book = new MemorySampleBook();
    const server = await startServer({ samples: book });
    const page = await openPage(server.url);
    const other = await openPage(server.url);
    const { open } = gate(book);
    for (let id = 0; id < 2 * MAX_WAITING_LABELS; id++) sendLabel(page, id, String(id));
    expect((await page.next('error')).message).toContain('Reload');
    expect((await page.closed).code).toBe(1008);
    open();
    sendLabel(other, 1, 'last');
    await other.next('labeled');
    expect(book.labels).toEqual([...Array.from({ length: MAX_WAITING_LABELS }, (_, id) => String(id)), 'last']);
  });

  test('in a short time are read more slowly, and none is lost', async () => {
    const book = new MemorySampleBook();
    const server = await startServer({ samples: book });
    const page = await openPage(server.url);
    const slow = 25;
    for (let id = 0; id < slow; id++) sendLabel(page, id, String(id));
    while ((await page.next('labeled')).id !== slow - 1);
    expect(book.samples).toHaveLength(slow);
    sendLabel(page, slow, 'x');
    await page.next('labeled');
  });
});

describe('the terminal', () => {
  test('labels and undoes labels in order with the pages, without being a page', async () => {
    const book = new MemorySampleBook();
    const server = await startServer({ samples: book });
    const page = await openPage(server.url);
    await page.next('samples');
    const sample = await server.addSample({ label: 'g', strokes: [[[1, 2]]], origin: 'corrected' });
    expect(await page.next('samples')).toMatchObject({ samples: 1 });
    await server.removeSample(sample.id);
    expect(await page.next('samples')).toMatchObject({ samples: 0 });
    await server.removeSample(sample.id);
    const updates = await updatesUntil(
      server[Symbol.asyncIterator](),
      ({ event }) => event.event === 'sample' && event.removed === true,
    );
    expect(updates.filter(isSample).map(({ event }) => event)).toEqual([
      { event: 'sample', client: null, label: 'g', samples: 1 },
      { event: 'sample', client: null, label: 'g', samples: 0, removed: true },
    ]);
    book.beforeChange = async () => {
      throw diskFull();
    };
    await expect(server.addSample(sample)).rejects.toThrow('no space left');
    book.beforeChange = async () => {};
    await server.addSample(sample);
  });

  test('tells a page that its drawing was labeled, until that label is gone', async () => {
    const book = new MemorySampleBook();
    const server = await startServer({ samples: book });
    const page = await openPage(server.url);
    let id = 0;
    const savedAs = async (strokes: object) => {
      page.socket.send(JSON.stringify({ type: 'drawing', id: ++id, strokes }));
      return (await page.next('prediction')).saved;
    };
    expect(await savedAs(STROKES)).toBeUndefined();
    const updates = await updatesUntil(server[Symbol.asyncIterator](), ({ event }) => event.event === 'prediction');
    const { strokes } = updates.at(-1)!.drawing!;
    const wrong = await server.addSample({ label: 'q', strokes, origin: 'corrected' });
    expect(await savedAs(STROKES)).toEqual({ sample: wrong.id, label: 'q' });
    expect(await savedAs([...STROKES, [[5, 6]]])).toBeUndefined();
    expect(await savedAs([])).toBeUndefined();
    // Another label: the wrong one is removed once there is the right one.
    const right = await server.addSample({ label: 'g', strokes, origin: 'corrected' });
    await server.removeSample(wrong.id);
    expect(await savedAs(STROKES)).toEqual({ sample: right.id, label: 'g' });
    // By whomever.
    await book.remove(right.id);
    expect(await savedAs(STROKES)).toBeUndefined();
    // Pages clear what they have labeled, so what they draw the same way is something else.
    sendLabel(page, ++id, 'g');
    await page.next('labeled');
    expect(await savedAs(STROKES)).toBeUndefined();
  });

  test('cannot label without samples', async () => {
    const server = await startServer();
    await expect(server.addSample({ label: 'g', strokes: [[[1, 2]]], origin: 'corrected' })).rejects.toThrow(
      'cannot be labeled',
    );
  });
});

test('pages are told of what another process has changed', async () => {
  const book = new MemorySampleBook();
  const server = await startServer({ samples: book });
  const page = await openPage(server.url);
  await page.next('samples');
  book.samples.push({ id: 'x', date: '', label: 'g', strokes: [[[1, 2]]], origin: 'imported' });
  book.tell();
  expect(await page.next('samples')).toMatchObject({ labels: [{ label: 'g', count: 1 }] });
});

test('a bug in storing closes the server, and the iteration throws it', async () => {
  const book = new MemorySampleBook();
  const server = await startServer({ samples: book });
  const page = await openPage(server.url);
  const bug = new TypeError('not an EmnistError');
  book.beforeChange = () => Promise.reject(bug);
  sendLabel(page, 1, 'g');
  const read = (async () => {
    for await (const _ of server);
  })();
  await expect(read).rejects.toBe(bug);
  await page.closed;
});

test('pages are told that readings are never adapted', async () => {
  const server = await startServer({ samples: new MemorySampleBook(), adapts: false });
  expect(await (await openPage(server.url)).next('samples')).toMatchObject({ adapts: false });
});

test('a page decides whether its reading is adapted, and is told to how many samples it was', async () => {
  const asked: unknown[] = [];
  const server = await startServer({
    samples: new MemorySampleBook(),
    recognize: async (strokes, expected) => {
      asked.push(expected);
      return { ...(await countStrokes(strokes)), adaptedTo: expected?.adapt === false ? 0 : 14 };
    },
  });
  const page = await openPage(server.url);
  page.draw(1, 1);
  expect(await page.next('prediction')).toMatchObject({ adaptedTo: 14 });
  page.socket.send(JSON.stringify({ type: 'drawing', id: 2, strokes: [[[1, 1]]], adapt: false }));
  expect(await page.next('prediction')).not.toHaveProperty('adaptedTo');
  expect(asked).toEqual([{}, { adapt: false }]);
  const isRead = ({ event }: DrawUpdate) => event.event === 'prediction';
  const updates = server[Symbol.asyncIterator]();
  expect((await updatesUntil(updates, isRead)).at(-1)!.event).toMatchObject({ adaptedTo: 14 });
});
