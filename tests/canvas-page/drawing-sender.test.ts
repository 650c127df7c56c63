import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeDrawing, type Wanted } from '../../src/canvas-page/drawing-message.ts';
import { DrawingSender } from '../../src/canvas-page/drawing-sender.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

/** A sender and a server that answers when told to. A drawing is a number of dots. */
function connect() {
  const sent: { id: number; dots: number; characters?: string }[] = [];
  const shown: number[] = [];
  const state: { dots: number; connected: boolean; expected: Wanted; drawn: Drawing } = {
    ...{ dots: 0, connected: true, expected: {}, drawn: [] },
  };
  const drawing = (): Drawing => {
    state.drawn = Array.from({ length: state.dots }, (_, index) => [[index, 0]]);
    return state.drawn;
  };
  const send = (text: string) => {
    if (!state.connected) return false;
    const { id, strokes, characters } = JSON.parse(text) as { id: number; strokes: unknown[]; characters?: string };
    sent.push({ id, dots: strokes.length, ...(characters !== undefined && { characters }) });
    return true;
  };
  const sender = new DrawingSender(send, drawing, (id, drawn) => encodeDrawing(id, drawn, state.expected));
  return {
    sender,
    state,
    sent,
    shown,
    get dots() {
      return sent.map(({ dots }) => dots);
    },
    draw(dots: number, urgent = false) {
      state.dots = dots;
      sender.update(urgent);
    },
    /** Answers the latest message. */
    answer() {
      const { id, dots } = sent.at(-1)!;
      if (sender.answered(id)) shown.push(dots);
    },
  };
}

describe('DrawingSender', () => {
  test('sends the first change at once, then the latest one as soon as the answer is there', () => {
    const server = connect();
    server.draw(1);
    expect(server.dots).toEqual([1]);
    server.draw(2);
    server.draw(3);
    vi.advanceTimersByTime(1000);
    expect(server.dots).toEqual([1]);
    server.answer();
    expect(server.dots).toEqual([1, 3]);
    server.answer();
    expect(server.shown).toEqual([1, 3]);
  });

  test('sends what was drawn when the pen was lifted without a pause, and nothing twice', () => {
    const server = connect();
    server.draw(1);
    server.answer();
    server.draw(2, true);
    expect(server.dots).toEqual([1, 2]);
    server.answer();
    server.draw(2, true);
    vi.advanceTimersByTime(1000);
    expect(server.dots).toEqual([1, 2]);
  });

  test('sends at most 50 drawings a second while the pen moves, however fast the answers are', () => {
    const server = connect();
    for (let move = 1; move <= 1000; move++) {
      server.draw(1 + (move % 150));
      server.answer();
      vi.advanceTimersByTime(1);
    }
    expect(server.dots.length).toBeGreaterThan(45);
    expect(server.dots.length).toBeLessThanOrEqual(51);
    vi.advanceTimersByTime(20);
    expect(server.dots.at(-1)).toBe(server.state.dots);
  });

  test('an answer from before the drawing was cleared is not shown, and the same drawing is read again', () => {
    const server = connect();
    server.draw(1);
    server.state.dots = 0;
    server.sender.ignorePending();
    server.draw(0, true);
    server.draw(1, true);
    server.answer();
    expect(server.shown).toEqual([]);
    server.answer();
    expect(server.shown).toEqual([1]);
  });

  test('sends what was drawn without a connection when there is one', () => {
    const server = connect();
    server.state.connected = false;
    server.draw(1);
    server.draw(2, true);
    server.state.connected = true;
    server.sender.restart();
    expect(server.dots).toEqual([2]);
  });

  test('sends a drawing again when something else is expected, but nothing without a drawing', () => {
    const server = connect();
    server.state.expected = { characters: 'digits' };
    server.sender.update(true);
    expect(server.sent).toEqual([]);
    server.draw(1, true);
    server.answer();
    server.state.expected = { characters: 'letters' };
    server.sender.update(true);
    server.answer();
    server.sender.update(true);
    expect(server.sent).toEqual([
      { id: 1, dots: 1, characters: 'digits' },
      { id: 2, dots: 1, characters: 'letters' },
    ]);
  });

  test('knows which drawing was read last, also when the pen was lifted where it was', () => {
    const { sender, state, ...server } = connect();
    const draw = (dots: number) => {
      state.dots = dots;
      sender.update(true);
    };
    expect(sender.read).toBe(null);
    draw(1);
    expect(sender.read).toBe(null);
    server.answer();
    expect(sender.read).toBe(state.drawn);
    draw(1);
    expect(sender.read).toBe(state.drawn);
    draw(2);
    expect(sender.read).not.toBe(state.drawn);
    server.answer();
    expect(sender.read).toBe(state.drawn);
    state.connected = false;
    draw(3);
    expect(sender.read).not.toBe(state.drawn);
    state.connected = true;
    sender.restart();
    expect(sender.read).toBe(null);
    server.answer();
    expect(sender.read).toBe(state.drawn);
    sender.ignorePending();
    expect(sender.read).toBe(null);
  });

  test('a drawing is read again when the reading is to be adapted no longer', () => {
    const server = connect();
    server.draw(1, true);
    server.answer();
    server.state.expected = { adapt: false };
    server.sender.update(true);
    expect(server.dots).toEqual([1, 1]);
  });

  test('goes on after a connection that was lost before the answer', () => {
    const server = connect();
    server.draw(1);
    server.sender.restart();
    expect(server.dots).toEqual([1, 1]);
    server.answer();
    server.draw(2);
    vi.advanceTimersByTime(20);
    expect(server.dots).toEqual([1, 1, 2]);
  });

  test('sends no empty drawing to a server that has none', () => {
    const server = connect();
    server.sender.restart();
    expect(server.sent).toEqual([]);
  });

  test('whatever happens: never two unanswered, never the same twice in a row, and the last state is read', () => {
    const action = fc.oneof(
      fc.record({ dots: fc.integer({ min: 1, max: 4 }), urgent: fc.boolean() }),
      fc.constant('answer' as const),
      fc.constant('wait' as const),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const server = connect();
        let answered = 0;
        const answer = () => {
          if (answered === server.sent.length) return;
          answered = server.sent.length;
          server.answer();
        };
        for (const each of actions) {
          if (each === 'answer') answer();
          else if (each === 'wait') vi.advanceTimersByTime(15);
          else server.draw(each.dots, each.urgent);
          expect(server.sent.length - answered).toBeLessThanOrEqual(1);
        }
        for (let round = 0; round < 3; round++) {
          answer();
          vi.advanceTimersByTime(20);
        }
        answer();
        expect(server.dots.every((dots, index) => dots !== server.dots[index - 1])).toBe(true);
        expect(server.shown.at(-1) ?? 0).toBe(server.state.dots);
      }),
    );
  });
});
