import type { Prediction } from '../prediction.ts';
import type { Drawing } from './drawing.ts';
import { type DrawingBox, drawingBox, pathLength } from './geometry.ts';

/**
 * Why a drawing is probably not one character: its shape says so, whatever the network makes of it, or the network rejects it
 * (`not-sure`).
 */
export type DrawingNotice = 'several-characters' | 'no-character' | 'not-sure';

/** What the network makes of a drawing. */
export interface DrawingReading {
  /** Its best prediction of the whole drawing, supposing that it is a character. */
  best: Prediction;
  /** The probability that the drawing is not one character; null if the model cannot reject. */
  noCharacter: number | null;
  /** The labels that the model could have answered. */
  labels: readonly string[];
  /** Its best prediction of a part of the drawing. */
  readPart: (part: Drawing) => Promise<Prediction>;
}

/** What is known here of the shape of characters is of these. */
const KNOWN = /^[\p{Script=Latin}0-9!-/:-@[-`{-~]$/u;
/** Of these, those that are a dot or a line, and those that may have parts side by side. */
const SHAPELESS = /^[.,'`_~=:;"-]$/;
const PARTED = /^["%:;=]$/;

/**
 * Says whether a drawing looks like several characters, or like none. Networks that cannot reject name a character whatever
 * is drawn, and often confidently; others may still take two characters for one. `null` is no proof of a character: when in
 * doubt, there is no notice.
 *
 * The limits were chosen on 51,000 characters of UNIPEN's training part and UCI's pen digits (both CC BY 4.0). The model card
 * (`npm run report`) says how many characters of other writers get a notice, and how much else.
 */
export async function drawingNotice(drawing: Drawing, reading: DrawingReading): Promise<DrawingNotice | null> {
  const { best, labels } = reading;
  if (!labels.every((label) => KNOWN.test(label))) return null;
  const mayBeMark = labels.some((label) => SHAPELESS.test(label));
  if ((!mayBeMark && isMark(drawing)) || isScribble(drawing) || isFrame(drawing)) return 'no-character';
  if (PARTED.test(best.label)) return null;
  if (areAboveEachOther(drawing) || (await areSideBySide(drawing, reading))) return 'several-characters';
  return null;
}

interface Box extends DrawingBox {
  /** The longer side. */
  readonly extent: number;
}

function boxOf(drawing: Drawing): Box {
  const box = drawingBox(drawing);
  return { ...box, extent: Math.max(box.width, box.height) };
}

/** Smaller than this, in thousandths of the paper, a drawing is a click or a tap with a hand that was not steady. */
const DOT = 20;
/** No letter is this much wider than high. */
const FLAT = 10;

/** A click, a tap, dots alone, or a dash. */
function isMark(drawing: Drawing): boolean {
  const { width, height, extent } = boxOf(drawing);
  if (extent < DOT) return true;
  if (drawing.every((stroke) => boxOf([stroke]).extent < Math.min(DOT, extent / 10))) return true;
  return width > FLAT * height;
}

/** The longest path of a character, relative to its longer side, is about 9. */
const MAX_PATH = 12;

function isScribble(drawing: Drawing): boolean {
  const { extent } = boxOf(drawing);
  const step = extent / 30;
  return drawing.reduce((length, stroke) => length + pathLength(stroke, step), 0) > MAX_PATH * extent;
}

/** How far from its side the line of a frame may be, relative to the size of the frame. */
const FRAME_WIDTH = 0.12;
const FRAME_PARTS = 10;

/** A rectangle with nothing in it: a line along all of its four sides. An O leaves the corners empty. */
function isFrame(drawing: Drawing): boolean {
  const { left, top, width, height, extent } = boxOf(drawing);
  if (Math.min(width, height) < extent / 2) return false;
  const covered = new Set<number>();
  for (const stroke of drawing) {
    for (const [index, to] of stroke.entries()) {
      const from = stroke[index - 1] ?? to;
      const steps = Math.ceil((100 * Math.hypot(to[0] - from[0], to[1] - from[1])) / extent) + 1;
      for (let step = 1; step <= steps; step++) {
        const x = (from[0] + ((to[0] - from[0]) * step) / steps - left) / width;
        const y = (from[1] + ((to[1] - from[1]) * step) / steps - top) / height;
        const sides = [x, 1 - x, y, 1 - y];
        if (Math.min(...sides) > FRAME_WIDTH) return false;
        for (const [side, distance] of sides.entries()) {
          if (distance > FRAME_WIDTH) continue;
          const along = side < 2 ? y : x;
          covered.add(side * FRAME_PARTS + Math.min(FRAME_PARTS - 1, Math.floor(along * FRAME_PARTS)));
        }
      }
    }
  }
  return covered.size === 4 * FRAME_PARTS;
}

/** A drawing in two groups of strokes, before and after its widest gap along an axis; negative if they overlap. */
interface Cut {
  readonly gap: number;
  readonly first: Drawing;
  readonly second: Drawing;
}

/** @param axis 0: side by side; 1: above each other */
function widestGap(drawing: Drawing, axis: 0 | 1): Cut | null {
  const strokes = drawing
    .map((stroke) => {
      const { left, top, width, height } = boxOf([stroke]);
      const from = axis === 0 ? left : top;
      return { stroke, from, to: from + (axis === 0 ? width : height) };
    })
    .sort((a, b) => a.from - b.from);
  let cut: { gap: number; at: number } | null = null;
  let reached = -Infinity;
  for (const [at, { from, to }] of strokes.entries()) {
    if (at > 0 && (!cut || from - reached > cut.gap)) cut = { gap: from - reached, at };
    reached = Math.max(reached, to);
  }
  if (!cut) return null;
  const [first, second] = [strokes.slice(0, cut.at), strokes.slice(cut.at)];
  return { gap: cut.gap, first: first.map(({ stroke }) => stroke), second: second.map(({ stroke }) => stroke) };
}

/** Relative to the height of the drawing. The parts must be higher than the dot of an i, and than the bar of a 5. */
const STACKED_HEIGHT = 0.35;
const STACKED_GAP = 0.12;

function areAboveEachOther(drawing: Drawing): boolean {
  const cut = widestGap(drawing, 1);
  const { height } = boxOf(drawing);
  if (!cut || cut.gap < STACKED_GAP * height) return false;
  return Math.min(boxOf(cut.first).height, boxOf(cut.second).height) > STACKED_HEIGHT * height;
}

/** Relative to the height: groups of strokes that overlap more belong together, and groups this far apart do not. */
const LARGEST_OVERLAP = 0.25;
const CLEAR_GAP = 0.3;
const CLEAR_HEIGHT = 0.35;
/** The score in favor of two characters, by the logistic regression below, from which on there is a notice. */
const THRESHOLD = 2;
/**
 * A network that can reject has seen pairs in training, and characters whose strokes are apart. Where it is surer than this
 * that it sees a character, it is believed: otherwise many an `a` with a stem of its own would get a notice.
 */
const DOUBT = 0.2;

/**
 * Between a clear gap and an overlap, the network helps: it reads the parts of two characters well, and the whole badly.
 * The parts of an H, K, or N that does not hold together are narrow, and the whole is read well.
 */
async function areSideBySide(drawing: Drawing, { best, noCharacter, readPart }: DrawingReading): Promise<boolean> {
  const cut = widestGap(drawing, 0);
  const whole = boxOf(drawing);
  const size = Math.max(whole.height, whole.width / 2);
  if (!cut || cut.gap < -LARGEST_OVERLAP * size) return false;
  const [first, second] = [boxOf(cut.first), boxOf(cut.second)];
  const lower = Math.min(first.height, second.height) / whole.height;
  if (cut.gap > CLEAR_GAP * size && lower > CLEAR_HEIGHT) return true;
  if (noCharacter !== null && noCharacter < DOUBT) return false;
  const narrower = Math.min(first.width, second.width) / size;
  const [one, other] = [await readPart(cut.first), await readPart(cut.second)];
  const score =
    17 * Math.min(0.15, cut.gap / size) +
    3.09 * Math.min(2, whole.width / whole.height) +
    10.7 * Math.min(0.4, lower) +
    8.5 * Math.min(0.15, narrower) +
    1.06 * Math.log(1.001 - best.probability) +
    5.86 * one.probability * other.probability -
    8.53;
  return score > THRESHOLD;
}
