import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { hash32, randomStream } from '../../src/core/random.ts';
import { drawStroke } from '../../src/core/strokes/draw-stroke.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { drawingBox } from '../../src/core/strokes/geometry.ts';
import type { Written } from './pen-data.ts';
import { pick } from './pick.ts';
import {
  applyInk,
  blur,
  type Color,
  exposed,
  illuminate,
  type Sheet,
  smoothNoise,
  texturedSheet,
  viewed,
} from './sheet.ts';

/** A picture file that looks like a photograph of handwriting. */
export interface Photograph {
  readonly extension: 'png' | 'jpg';
  readonly file: Buffer;
  /** A description of how it was made. */
  readonly description: string;
  /** What the lines say, top to bottom. */
  readonly lines: readonly string[];
}

const PAPERS = ['ruled', 'squared', 'margin', 'blank', 'blackboard'] as const;
type Paper = (typeof PAPERS)[number];

const WHITE: readonly Color[] = [
  [0.93, 0.93, 0.91],
  [0.95, 0.92, 0.84],
  [0.88, 0.9, 0.92],
];
const INKS: readonly { name: string; color: Color; grain: number }[] = [
  { name: 'blue', color: [0.12, 0.17, 0.5], grain: 0.15 },
  { name: 'black', color: [0.1, 0.1, 0.12], grain: 0.1 },
  { name: 'pencil', color: [0.38, 0.38, 0.4], grain: 0.45 },
];
const CHALK = { name: 'chalk', color: [0.9, 0.9, 0.87] as Color, grain: 0.5 };
const BOARD: Color = [0.13, 0.2, 0.17];
const RULES: readonly Color[] = [
  [0.62, 0.7, 0.82],
  [0.7, 0.7, 0.72],
  [0.5, 0.62, 0.72],
];
const MARGIN_RULE: Color = [0.82, 0.45, 0.48];
/** The height of a small letter, in mean distances of ink from its mean height. */
const LETTER = 2.55;
/** Radians: 2 degrees. */
const MOST_TURNED = (2 * Math.PI) / 180;

/** Makes a picture of lines, which should all be by one writer. Depends only on the lines and the seed. */
export function photographPage(lines: readonly Written[], seed: number): Photograph {
  const random = randomStream(hash32(seed, 1));
  const between = (least: number, most: number) => least + (most - least) * random();
  // Five pictures with consecutive seeds show every paper.
  const paper = PAPERS[seed % PAPERS.length]!;
  const letter = between(18, 42);
  const scales = lines.map(({ strokes }) => letter / (LETTER * spread(strokes)));
  const widths = lines.map(({ strokes }, i) => drawingBox(strokes).width * scales[i]!);
  const spacing = letter * between(2.8, 4.2);
  const left = letter * between(2, 5);
  const width = Math.round(Math.max(...widths) + left + letter * between(2, 4));
  const height = Math.round(spacing * (lines.length + between(1, 2)));
  const pen = paper === 'blackboard' ? CHALK : pick(INKS, random);
  const sheet = texturedSheet(
    width,
    height,
    paper === 'blackboard' ? BOARD : pick(WHITE, random),
    between(0.01, 0.03),
    seed,
  );
  const base = spacing * between(0.95, 1.3);
  rule(sheet, paper, {
    base,
    spacing,
    left,
    color: pick(RULES, random),
    thickness: Math.max(1, letter * between(0.04, 0.07)),
  });
  const coverage = new Float32Array(width * height);
  const thickness = letter * (paper === 'blackboard' ? between(0.16, 0.24) : between(0.1, 0.19));
  lines.forEach(({ strokes }, i) => {
    const x = left + letter * between(-0.5, 0.5);
    const middle = base + i * spacing - letter * between(0.4, 0.65);
    writeLine({ width, height, ink: coverage }, strokes, { x, middle, scale: scales[i]!, thickness, random });
  });
  const grain = smoothNoise(width, height, 1.7, seed + 2);
  for (let at = 0; at < coverage.length; at++) {
    coverage[at]! *= Math.min(1, Math.max(0, 0.95 - pen.grain * (0.5 + grain[at]!)));
  }
  applyInk(sheet, coverage, pen.color);
  const view = { angle: between(-MOST_TURNED, MOST_TURNED), leanX: between(-0.05, 0.05), leanY: between(-0.05, 0.05) };
  const seen = viewed(sheet, view, paper === 'blackboard' ? BOARD : [0.85, 0.85, 0.83]);
  illuminate(seen, light(random));
  blur(seen, between(0.4, 0.05 * letter));
  const data = exposed(seen, between(1, 6), seed + 3);
  const quality = Math.round(between(55, 92));
  const isPng = random() < 0.2;
  return {
    extension: isPng ? 'png' : 'jpg',
    file: isPng
      ? PNG.sync.write(Object.assign(new PNG({ width, height }), { data }))
      : jpeg.encode({ width, height, data }, quality).data,
    description: `${paper}, ${pen.name}, small letters ${Math.round(letter)} pixels high${isPng ? '' : `, JPEG ${quality}`}`,
    lines: lines.map(({ label }) => label),
  };
}

function rule(
  { width, height, channels }: Sheet,
  paper: Paper,
  {
    base,
    spacing,
    left,
    color,
    thickness,
  }: { base: number; spacing: number; left: number; color: Color; thickness: number },
): void {
  const paint = (from: number, to: number, vertical: boolean, hue: Color) => {
    const length = vertical ? height : width;
    for (let across = Math.floor(from); across <= Math.ceil(to); across++) {
      const covered = Math.min(1, across + 1 - from, to - across);
      if (covered <= 0 || across < 0 || across >= (vertical ? width : height)) continue;
      for (let along = 0; along < length; along++) {
        const at = vertical ? along * width + across : across * width + along;
        channels.forEach((channel, i) => {
          channel[at]! += 0.85 * covered * (hue[i]! - channel[at]!);
        });
      }
    }
  };
  if (paper === 'ruled' || paper === 'margin') {
    for (let y = base % spacing; y < height; y += spacing) paint(y, y + thickness, false, color);
  }
  if (paper === 'squared') {
    const side = spacing / 2;
    for (let y = base % side; y < height; y += side) paint(y, y + thickness, false, color);
    for (let x = left % side; x < width; x += side) paint(x, x + thickness, true, color);
  }
  if (paper === 'margin') paint(0.7 * left, 0.7 * left + 1.5 * thickness, true, MARGIN_RULE);
}

interface Placement {
  x: number;
  middle: number;
  scale: number;
  thickness: number;
  random: () => number;
}

/** Draws a line so that the mean height of its ink is at `middle`, with a pen whose pressure changes along each stroke. */
function writeLine(
  picture: { width: number; height: number; ink: Float32Array },
  strokes: Drawing,
  { x, middle, scale, thickness, random }: Placement,
): void {
  const { left } = drawingBox(strokes);
  const top = meanHeight(strokes);
  for (const stroke of strokes) {
    const phase = 6 * random();
    const points = stroke.flatMap(([px, py], i) => [px, py, 1 + 0.15 * Math.sin(phase + i / 3)]);
    drawStroke(picture, points, { left, top, scale, x, y: middle, thickness });
  }
}

/** Calls `call` with the length of each piece of the strokes and the height of its middle. */
function forPieces(strokes: Drawing, call: (length: number, y: number) => void): void {
  for (const stroke of strokes) {
    for (let i = 1; i < stroke.length; i++) {
      const [[x0, y0], [x1, y1]] = [stroke[i - 1]!, stroke[i]!];
      call(Math.hypot(x1 - x0, y1 - y0), (y0 + y1) / 2);
    }
  }
}

function meanHeight(strokes: Drawing): number {
  let [length, sum] = [0, 0];
  forPieces(strokes, (part, y) => {
    length += part;
    sum += part * y;
  });
  return sum / length;
}

function spread(strokes: Drawing): number {
  const mean = meanHeight(strokes);
  let [length, sum] = [0, 0];
  forPieces(strokes, (part, y) => {
    length += part;
    sum += part * Math.abs(y - mean);
  });
  return sum / length;
}

/** Light from one side, dark corners, and often the soft shadow of a hand or a phone. */
function light(random: () => number): (x: number, y: number) => number {
  const angle = 2 * Math.PI * random();
  const [slopeX, slopeY] = [0.35 * random() * Math.cos(angle), 0.35 * random() * Math.sin(angle)];
  const corners = 0.3 * random();
  const depth = random() < 0.6 ? 0.35 * random() : 0;
  const [shadowAngle, place, soft] = [2 * Math.PI * random(), 0.5 * random() - 0.25, 0.05 + 0.3 * random()];
  return (x, y) => {
    const [dx, dy] = [x - 0.5, y - 0.5];
    const beyond = (dx * Math.cos(shadowAngle) + dy * Math.sin(shadowAngle) - place) / soft + 0.5;
    return (
      (0.92 + slopeX * dx + slopeY * dy) *
      (1 - corners * Math.min(1, 2 * (dx * dx + dy * dy))) *
      (1 - depth * Math.min(1, Math.max(0, beyond)))
    );
  };
}
