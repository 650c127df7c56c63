import type { TextRecognition } from '../../src/core/server/draw-event.ts';
import type { LineReader } from '../../src/core/server/draw-options.ts';
import type { Drawing, Stroke } from '../../src/core/strokes/drawing.ts';
import { recognizeByTemplate } from './template-recognizer.ts';

/** A gap of this share of a line's height separates words. */
const GAP = 0.5;

/** Reads lines of one-stroke templates without a network, to test everything else. Keeps what was accepted. */
export function templateLines(): LineReader & { readonly accepted: string[] } {
  const accepted: string[] = [];
  return { accepted, prepare() {}, read: readLine, accept: (text) => void accepted.push(text) };
}

async function readLine(strokes: Drawing): Promise<TextRecognition> {
  const side = (stroke: Stroke, axis: 0 | 1, pick: (...values: number[]) => number) =>
    pick(...stroke.map((point) => point[axis]));
  const line = strokes.flat();
  const height = side(line, 1, Math.max) - side(line, 1, Math.min);
  const order = [...strokes.keys()].sort((a, b) => side(strokes[a]!, 0, Math.min) - side(strokes[b]!, 0, Math.min));
  const characters: TextRecognition['characters'] = [];
  const words: { text: string; strokes: number[] }[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    const stroke = strokes[index]!;
    const { label, probability } = (await recognizeByTemplate([stroke])).predictions[0]!;
    characters.push({ label, probability, strokes: [index] });
    if (side(stroke, 0, Math.min) - end > GAP * height) words.push({ text: '', strokes: [] });
    const word = words.at(-1)!;
    word.text += label;
    word.strokes.push(index);
    end = Math.max(end, side(stroke, 0, Math.max));
  }
  const candidates = (text: string) => [
    { text, probability: 0.7 },
    { text: text.toLowerCase(), probability: 0.2 },
    { text: `${text}!`, probability: 0.1 },
  ];
  const text = words.map((word) => word.text).join(' ');
  return {
    text,
    candidates: candidates(text),
    characters,
    words: words.map((word) => ({ ...word, candidates: candidates(word.text) })),
    model: 'template-lines',
  };
}
