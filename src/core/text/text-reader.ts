import type { SequenceEngine, SequenceNetwork } from '../engine/engine.ts';
import { createWasmEngine } from '../engine/wasm/wasm-engine.ts';
import type { Drawing } from '../strokes/drawing.ts';
import { type DecodedLine, type LineReading, readOutputs } from './decode-line.ts';
import { LINE_HEIGHT, strokeLine, type WrittenLine } from './line-image.ts';
import { mergeReadings } from './merge-readings.ts';
import { charactersWithStrokes } from './stroke-characters.ts';
import { strokeLines } from './stroke-lines.ts';
import { TEXT_DEFAULTS, type TextOptions } from './text-options.ts';
import type { TextCandidate, TextReading } from './text-reading.ts';
import { loadWordModel, type WordModel } from './word-model.ts';

/** A loaded word model. */
export interface TextReader {
  /** The name of the model. */
  readonly model: string;
  /** Reads words or lines drawn with a pen, top to bottom. Calls may overlap. Without points, the text is empty. */
  readStrokes(drawing: Drawing, options?: TextOptions): Promise<TextReading>;
  /**
   * Reads a line. The steps of the characters refer to the image of the returned `line`, which may be drawn wider than the given
   * one.
   */
  readLine<Line extends WrittenLine>(line: Line, options?: TextOptions): Promise<DecodedLine & { line: Line }>;
  dispose(): Promise<void>;
}

export interface TextReaderOptions {
  threads?: number;
  /** The default is the word model that ships. */
  model?: Omit<WordModel, 'training'>;
}

/**
 * A line whose best candidate is less probable than `SURE` is read again, drawn `WIDER` times as wide, and the candidates of both
 * readings are averaged. Both numbers were chosen on writers who were held out of training (scripts/words/compare-readings.ts).
 */
const SURE = 0.8;
const WIDER = 1.12;

/** Prepares the word model. One thread reads a word in a few milliseconds. */
export async function createTextReader({ threads = 1, model }: TextReaderOptions = {}): Promise<TextReader> {
  const { name, network, weights } = model ?? (await loadWordModel());
  const engine = await createWasmEngine({ threads });
  try {
    const ready = await engine.createSequenceNetwork(network);
    await ready.setWeights(weights);
    // The first call takes ten times as long as later ones.
    await ready.predict(new Uint8Array(LINE_HEIGHT * network.input[1]), network.input[1]);
    return new EngineTextReader(name, engine, ready);
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

class EngineTextReader implements TextReader {
  readonly model: string;
  readonly #engine: SequenceEngine;
  readonly #network: SequenceNetwork;
  /** The network takes one call at a time, so each waits for the one before it. Never rejects. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(model: string, engine: SequenceEngine, network: SequenceNetwork) {
    this.model = model;
    this.#engine = engine;
    this.#network = network;
  }

  async readStrokes(drawing: Drawing, options: TextOptions = {}): Promise<TextReading> {
    const lines: TextReading[] = [];
    for (const indices of strokeLines(drawing)) {
      const decoded = await this.readLine(strokeLine(indices.map((index) => drawing[index]!)), options);
      const characters = charactersWithStrokes(decoded.characters, decoded.line.image, drawing, indices);
      const words = decoded.words.map(({ text, candidates, from, to }) => {
        const strokes = new Set(characters.slice(from, to).flatMap((character) => character.strokes ?? []));
        return { text, candidates, strokes: [...strokes].sort((a, b) => a - b) };
      });
      lines.push({ text: decoded.candidates[0]?.text ?? '', candidates: decoded.candidates, characters, words });
    }
    return joinLines(lines, options.top);
  }

  async readLine<Line extends WrittenLine>(
    line: Line,
    options: TextOptions = {},
  ): Promise<DecodedLine & { line: Line }> {
    const { top = TEXT_DEFAULTS.top } = options;
    // With fewer candidates, a text that both readings agree on might be missing from one of them.
    const reading = { ...options, top: Math.max(top, TEXT_DEFAULTS.top) };
    const first = await this.#read(line, reading);
    const isSure = first.candidates.length === 0 || first.candidates[0]!.probability >= SURE;
    const readings = isSure ? [first] : [first, await this.#read(line.stretched(WIDER), reading)];
    const { source, ...merged } = mergeReadings(readings, top);
    return { ...merged, line: source.line };
  }

  async #read<Line extends WrittenLine>(line: Line, options: TextOptions): Promise<LineReading & { line: Line }> {
    const { pixels, width } = line.image;
    const result = this.#last.then(async () => readOutputs(await this.#network.predict(pixels, width), options));
    this.#last = result.catch(() => {}); // reported to the caller
    return { ...(await result), line };
  }

  async dispose(): Promise<void> {
    await this.#last;
    await this.#network.dispose();
    await this.#engine.dispose();
  }
}

/**
 * Joins lines into one text. Its candidates are the most probable combinations of the lines' candidates, with their probabilities
 * multiplied.
 */
export function joinLines(lines: readonly TextReading[], top: number = TEXT_DEFAULTS.top): TextReading {
  if (lines.length === 1) return lines[0]!;
  const text = lines.map((line) => line.text).join('\n');
  let candidates: TextCandidate[] = lines.length === 0 ? [] : [{ text: '', probability: 1 }];
  for (const [at, line] of lines.entries()) {
    // A line in which nothing was read stays empty.
    const choices = line.candidates.length > 0 ? line.candidates : [{ text: line.text, probability: 1 }];
    const combined = candidates.flatMap((before) =>
      choices.map((next) => ({
        text: at === 0 ? next.text : `${before.text}\n${next.text}`,
        probability: before.probability * next.probability,
      })),
    );
    // Each of the best combinations begins with one of the best so far.
    candidates = combined.sort((a, b) => b.probability - a.probability).slice(0, top);
  }
  return {
    text,
    candidates: text.trim() === '' ? [] : candidates,
    characters: lines.flatMap(({ characters }) => characters),
    words: lines.flatMap(({ words }) => words),
  };
}
