import type { Box } from '../images/box.ts';

/** What a line of writing may say. */
export interface TextCandidate {
  text: string;
  probability: number;
}

/** One character of the best candidate, and where it was found. Spaces are not among them. */
export interface TextCharacter {
  label: string;
  /** That it is this character, regardless of the words. */
  probability: number;
  /** The indices of its strokes in the drawing, in order; a stroke that joins characters belongs to each. Only of drawings. */
  strokes?: number[];
  /** In the pixels of the picture as displayed. Only of pictures. */
  box?: Box;
}

/** One word of the best candidate: what lies between spaces, with its punctuation. */
export interface TextWord {
  text: string;
  /** Readings of this word alone, most probable first, starting with `text`. */
  candidates: TextCandidate[];
  /** The indices of its strokes in the drawing, in order. Only of drawings. */
  strokes?: number[];
  /** In the pixels of the picture as displayed. Only of pictures. */
  box?: Box;
}

/** Writing as it was read. */
export interface TextReading {
  /** The best candidate; empty if there is nothing to read. Lines are separated by line breaks. */
  text: string;
  /** Most probable first; different texts, whose probabilities sum to at most 1. */
  candidates: TextCandidate[];
  characters: TextCharacter[];
  words: TextWord[];
}
