import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { LabelsOutbox, type NewLabel, savedOutboxSchema } from '../../src/canvas-page/labels-outbox.ts';
import { clientMessageSchema, type LabelMessage } from '../../src/core/server/protocol.ts';

const labeled = (label: string): NewLabel => ({ label, strokes: [[[1, 2]]], origin: 'corrected', readAs: '9' });

/** An outbox and what it has sent. */
function start() {
  const sent: LabelMessage[] = [];
  const state = { connected: true };
  const said: string[] = [];
  let keys = 0;
  const outbox = new LabelsOutbox(
    (text) => {
      if (state.connected) sent.push(v.parse(clientMessageSchema, JSON.parse(text)) as LabelMessage);
      return state.connected;
    },
    () => `key-${++keys}`,
  );
  outbox.onSaved = (label) => said.push(`saved ${label}`);
  outbox.onRefused = () => said.push('refused');
  return {
    outbox,
    state,
    sent,
    said,
    get texts() {
      return sent.map((message) => (message.type === 'label' ? message.label : `-${message.sample}`));
    },
    /** Answers the latest message. The sample of a label has its key as ID. */
    accept() {
      const message = sent.at(-1)!;
      const { id } = message;
      if (message.type === 'unlabel') outbox.answered({ type: 'unlabeled', id, sample: message.sample });
      else outbox.answered({ type: 'labeled', id, sample: `id of ${message.key}`, label: message.label });
    },
    refuse(message = 'No space is left.') {
      outbox.answered({ type: 'label-refused', id: sent.at(-1)!.id, message });
    },
    /** Loses the connection, and connects again. */
    reconnect() {
      state.connected = true;
      outbox.connected();
    },
  };
}

describe('labels', () => {
  test('are sent one after the other, each after the answer to the one before', () => {
    const server = start();
    for (const label of ['a', 'b', 'c']) server.outbox.add(labeled(label));
    expect(server.texts).toEqual(['a']);
    expect(server.sent[0]).toEqual({ type: 'label', id: 1, ...labeled('a'), key: 'key-1' });
    expect(server.outbox.waiting).toBe(3);
    server.accept();
    expect(server.said).toEqual(['saved a']);
    server.accept();
    server.accept();
    expect(server.texts).toEqual(['a', 'b', 'c']);
    expect(server.outbox.waiting).toBe(0);
    expect(server.outbox.last).toEqual({ label: 'c', isSaved: true });
  });

  test('wait for the connection, and are sent again under the same key when their answers were lost', () => {
    const server = start();
    server.state.connected = false;
    server.outbox.add(labeled('a'));
    server.outbox.add(labeled('b'));
    expect(server.sent).toEqual([]);
    server.reconnect();
    expect(server.texts).toEqual(['a']);
    server.reconnect();
    expect(server.texts).toEqual(['a', 'a']);
    const [first, second] = server.sent as Extract<LabelMessage, { type: 'label' }>[];
    expect(second!.key).toBe(first!.key);
    expect(second!.id).toBeGreaterThan(first!.id);
    // The answer to the first attempt is of another connection.
    server.outbox.answered({ type: 'labeled', id: first!.id, sample: 'x', label: 'a' });
    expect(server.outbox.waiting).toBe(2);
    server.accept();
    server.accept();
    expect(server.texts).toEqual(['a', 'a', 'b']);
  });

  test('survive a reload with the label that can be undone', () => {
    const before = start();
    before.outbox.add(labeled('a'));
    before.outbox.add(labeled('b'));
    const saved = v.parse(savedOutboxSchema, JSON.parse(JSON.stringify(before.outbox.save())));
    const after = start();
    after.outbox.restore(saved);
    after.reconnect();
    expect(after.sent[0]).toMatchObject({ label: 'a', key: 'key-1' });
    after.accept();
    after.accept();
    after.outbox.undoLast();
    expect(after.texts).toEqual(['a', 'b', '-id of key-2']);
  });
});

describe('the latest label is undone', () => {
  test('by removing its sample', () => {
    const server = start();
    server.outbox.add(labeled('a'));
    server.accept();
    server.outbox.undoLast();
    expect(server.texts).toEqual(['a', '-id of key-1']);
    expect(server.outbox.last).toBe(null);
    server.outbox.undoLast();
    server.accept();
    expect(server.outbox.waiting).toBe(0);
  });

  test('without a word to the server if it was never sent', () => {
    const server = start();
    server.state.connected = false;
    server.outbox.add(labeled('a'));
    server.outbox.add(labeled('b'));
    server.outbox.undoLast();
    server.reconnect();
    server.accept();
    expect(server.texts).toEqual(['a']);
    expect(server.outbox.waiting).toBe(0);
  });

  test('after its answer, if the server may have it', () => {
    const server = start();
    server.outbox.add(labeled('a'));
    server.outbox.undoLast();
    server.outbox.add(labeled('b'));
    server.accept();
    server.accept();
    server.accept();
    expect(server.texts).toEqual(['a', '-id of key-1', 'b']);
    // Never announced as saved.
    expect(server.said).toEqual(['saved b']);
    expect(server.outbox.last).toEqual({ label: 'b', isSaved: true });
  });

  test('and there is nothing left to do if it is refused in the meantime', () => {
    const server = start();
    server.outbox.add(labeled('a'));
    server.outbox.undoLast();
    server.refuse();
    expect(server.texts).toEqual(['a']);
    expect(server.outbox.waiting).toBe(0);
    expect(server.outbox.refusal).toBe(null);
  });

  test('until it no longer can be', () => {
    const server = start();
    server.outbox.add(labeled('a'));
    server.accept();
    server.outbox.keepLast();
    server.outbox.undoLast();
    expect(server.texts).toEqual(['a']);
  });
});

describe('what the server refuses', () => {
  test('is kept, with what follows, until it is tried again', () => {
    const server = start();
    server.outbox.add(labeled('a'));
    server.refuse();
    expect(server.said).toEqual(['refused']);
    expect(server.outbox.refusal).toEqual({ type: 'label', message: 'No space is left.' });
    server.outbox.retry();
    expect(server.outbox.refusal).toBe(null);
    server.refuse();
    // Another label tries it too, and so does a new connection.
    server.outbox.add(labeled('b'));
    server.refuse();
    server.reconnect();
    server.accept();
    server.accept();
    expect(server.texts).toEqual(['a', 'a', 'a', 'a', 'b']);
  });

  test('is given up when the user says so, and the rest is sent', () => {
    const server = start();
    server.outbox.add(labeled('a'));
    server.outbox.add(labeled('b'));
    server.refuse();
    expect(server.outbox.discard()).toBe(false);
    expect(server.texts).toEqual(['a', 'b']);
    server.refuse();
    expect(server.outbox.discard()).toBe(true);
    expect(server.outbox.last).toBe(null);
    expect(server.outbox.waiting).toBe(0);
    expect(server.outbox.discard()).toBe(false);
  });

  test('may be the removal of a sample', () => {
    const server = start();
    server.outbox.add(labeled('a'));
    server.accept();
    server.outbox.undoLast();
    server.refuse();
    expect(server.outbox.refusal?.type).toBe('unlabel');
    server.outbox.retry();
    server.accept();
    expect(server.texts).toEqual(['a', '-id of key-1', '-id of key-1']);
  });
});
