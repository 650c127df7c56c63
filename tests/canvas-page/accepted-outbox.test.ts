import * as v from 'valibot';
import { expect, test } from 'vitest';
import { AcceptedOutbox, savedAcceptedSchema } from '../../src/canvas-page/accepted-outbox.ts';
import { type AcceptMessage, clientMessageSchema, MAX_TEXT_LENGTH } from '../../src/core/server/protocol.ts';

/** An outbox and what it has sent. */
function start() {
  const sent: AcceptMessage[] = [];
  const state = { connected: true };
  let keys = 0;
  const outbox = new AcceptedOutbox(
    (text) => {
      if (state.connected) sent.push(v.parse(clientMessageSchema, JSON.parse(text)) as AcceptMessage);
      return state.connected;
    },
    () => `key-${++keys}`,
  );
  const answer = () => outbox.answered({ type: 'accepted', id: sent.at(-1)!.id });
  return { outbox, sent, state, answer };
}

test('sends one text after the other, each after the answer to the one before', () => {
  const { outbox, sent, answer } = start();
  outbox.add('one');
  outbox.add('two');
  expect(sent.map(({ text }) => text)).toEqual(['one']);
  answer();
  expect(sent.map(({ text }) => text)).toEqual(['one', 'two']);
  answer();
  expect(outbox.waiting).toBe(0);
});

test('without a connection texts wait, and one whose answer was lost is sent again with the same key', () => {
  const { outbox, sent, state, answer } = start();
  outbox.add('one');
  state.connected = false;
  outbox.add('two');
  state.connected = true;
  outbox.connected();
  expect(sent.map(({ key }) => key)).toEqual(['key-1', 'key-1']);
  // An answer to the first attempt that arrives late says the same, but is not waited for anymore.
  outbox.answered({ type: 'accepted', id: sent[0]!.id });
  expect(outbox.waiting).toBe(2);
  answer();
  answer();
  expect(sent.map(({ text }) => text)).toEqual(['one', 'one', 'two']);
  expect(outbox.waiting).toBe(0);
});

test('what waits survives a reload', () => {
  const { outbox, state } = start();
  state.connected = false;
  outbox.add('one');
  const reloaded = start();
  reloaded.outbox.restore(v.parse(savedAcceptedSchema, JSON.parse(JSON.stringify(outbox.save()))));
  expect(reloaded.sent).toEqual([]);
  reloaded.outbox.connected();
  expect(reloaded.sent).toMatchObject([{ text: 'one', key: 'key-1' }]);
});

test('a text is never longer than the server accepts', () => {
  const { outbox, sent } = start();
  outbox.add('x'.repeat(MAX_TEXT_LENGTH + 1));
  expect(sent[0]!.text).toHaveLength(MAX_TEXT_LENGTH);
});
