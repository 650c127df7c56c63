import type { GrayPicture } from '../../../src/core/images/gray-picture.ts';
import { hash32, randomStream } from '../../../src/core/random.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import * as p from '../../helpers/paper.ts';
import { enlarge, FILTERS } from './enlarge.ts';

/** Characters to make pictures of. */
export interface Material {
  /** EMNIST's digits as stored, transposed, [n, 28, 28]. */
  images: Uint8Array;
  labels: Uint8Array;
  strokes: Map<string, Drawing[]>;
}

interface Case {
  picture: GrayPicture;
  text: string;
}
export type Kind = (material: Material, index: number) => Case;

/** What the makers of pictures draw from. */
interface Draw {
  random: () => number;
  between: (from: number, to: number) => number;
  character: (label: string) => Drawing;
}

function drawOf({ strokes }: Material, index: number, seed: number): Draw {
  const random = randomStream(hash32(seed, index));
  return {
    random,
    between: (from, to) => from + (to - from) * random(),
    character: (label) => {
      const drawings = strokes.get(label)!;
      return drawings[Math.floor(random() * drawings.length)]!;
    },
  };
}

interface Scene {
  paper: p.Paper;
  pen: p.Pen;
  draw: Draw;
}

interface Page {
  width?: number;
  height?: number;
  /** The pen relative to the height of a character. */
  pen?: readonly [number, number];
  ink?: readonly [number, number];
  /** The height of characters relative to that of the page. */
  size?: readonly [number, number];
  /** Where the middle of the character is at most, off the middle of the page. */
  off?: number;
  labels?: string;
  before?: (scene: Scene) => void;
  after?: (scene: Scene) => void;
  invert?: boolean;
  noise?: number;
  blur?: number;
}

/** A page with one character. */
function single(seed: number, page: Page): Kind {
  return (material, index) => {
    const draw = drawOf(material, index, seed);
    const labels = page.labels ?? '0123456789';
    const text = labels[index % labels.length]!;
    const { width = 240, height = 240 } = page;
    const size = height * draw.between(...(page.size ?? [0.4, 0.7]));
    const pen = {
      width: size * draw.between(...(page.pen ?? [0.05, 0.12])),
      ink: draw.between(...(page.ink ?? [0.05, 0.3])),
    };
    const scene = { paper: p.blankPaper(width, height), pen, draw };
    page.before?.(scene);
    const off = page.off ?? 0.05;
    const x = width * (0.5 + draw.between(-off, off)) - size / 2;
    const y = height * (0.5 + draw.between(-off, off)) - size / 2;
    p.write(scene.paper, draw.character(text), { x, y, width: size, height: size }, pen);
    return finish(scene, page, index, text);
  };
}

function finish(scene: Scene, page: Page, index: number, text: string): Case {
  const { light } = scene.paper;
  if (page.invert) for (let i = 0; i < light.length; i++) light[i] = 1.05 - light[i]!;
  page.after?.(scene);
  if (page.blur) p.blur(scene.paper, page.blur);
  return { picture: p.photograph(scene.paper, page.noise ?? 0, index), text };
}

/** Several characters in a row; `cell` draws what is around each. */
function row(
  seed: number,
  page: Page & { count: number; cell?: (scene: Scene, x: number, y: number, side: number) => void },
): Kind {
  return (material, index) => {
    const draw = drawOf(material, index, seed);
    const labels = page.labels ?? '0123456789';
    const side = 90;
    const paper = p.blankPaper(side * page.count + 60, 160);
    const text = Array.from({ length: page.count }, () => labels[Math.floor(draw.random() * labels.length)]!).join('');
    const pen = { width: draw.between(4, 8), ink: draw.between(...(page.ink ?? [0.05, 0.3])) };
    const scene = { paper, pen, draw };
    page.before?.(scene);
    [...text].forEach((label, i) => {
      const x = 30 + i * side;
      page.cell?.(scene, x, 35, side);
      const inner = side * draw.between(0.5, 0.68);
      const at = (side - inner) / 2;
      p.write(paper, draw.character(label), { x: x + at, y: 35 + at, width: inner, height: inner }, pen);
    });
    return finish(scene, page, index, text);
  };
}

/** An EMNIST image, upright, enlarged to a picture. */
function crop(seed: number, filter: keyof typeof FILTERS, { dark = false, blur = 0 } = {}): Kind {
  return ({ images, labels }, index) => {
    const random = randomStream(hash32(seed, index));
    const which = Math.floor((random() * images.length) / 784);
    const upright = Float32Array.from(
      { length: 784 },
      (_, i) => images[which * 784 + (i % 28) * 28 + Math.floor(i / 28)]! / 255,
    );
    const factor = 4 + Math.floor(random() * 7);
    const light = enlarge(upright, 28, factor, FILTERS[filter]);
    const paper = { width: 28 * factor, height: 28 * factor, light: dark ? light.map((value) => 1 - value) : light };
    if (blur > 0) p.blur(paper, blur * factor);
    return { picture: p.photograph(paper), text: String(labels[which]) };
  };
}

const faint = (draw: Draw) => ({ width: draw.between(1, 2), ink: draw.between(0.6, 0.8) });
const thin = ({ draw, pen }: Scene) => ({ width: draw.between(1, Math.max(1.5, 0.4 * pen.width)), ink: pen.ink });
const photo = (scene: Scene) => {
  p.illuminate(scene.paper, p.vignette(scene.draw.between(0.3, 0.6)));
  p.illuminate(
    scene.paper,
    p.shadow(scene.draw.between(0, 6.28), scene.draw.between(-0.3, 0.3), scene.draw.between(0.2, 0.5), 0.4),
  );
};

/** A page that lies crooked on a table. */
function onTable({ paper, draw }: Scene, light: number): void {
  const [top, left] = [draw.between(0.03, 0.13), draw.between(0.03, 0.13)];
  const tilt = draw.between(-0.04, 0.04);
  const sides = 1 + Math.floor(draw.random() * 4);
  for (let y = 0; y < paper.height; y++) {
    for (let x = 0; x < paper.width; x++) {
      const [u, v] = [x / paper.width, y / paper.height];
      const out =
        u < left + tilt * v ||
        (sides > 1 && v < top + tilt * u) ||
        (sides > 2 && u > 1 - left + tilt * v) ||
        (sides > 3 && v > 1 - top + tilt * u);
      if (out) paper.light[y * paper.width + x] = light;
    }
  }
}

const STRAIGHT = 'EFHILTZ147XKMNVWYA';

/** The kinds of pictures by their names. */
export const KINDS: Readonly<Record<string, Kind>> = {
  clean: single(1, {}),
  inverted: single(2, { invert: true }),
  'crop-tight': single(3, { size: [0.92, 0.98], off: 0, pen: [0.06, 0.16] }),
  'crop-tight-straight': single(4, { size: [0.92, 0.98], off: 0, labels: STRAIGHT }),
  'straight-letters': single(5, { labels: STRAIGHT }),
  'straight-thin': single(6, { labels: STRAIGHT, pen: [0.02, 0.04], width: 500, height: 400 }),
  'wide-page': single(7, { width: 600, height: 300, size: [0.2, 0.4], off: 0.15, noise: 3 }),
  noise: single(8, { ink: [0.3, 0.5], noise: 12 }),
  vignette: single(9, {
    after: ({ paper, draw }) => p.illuminate(paper, p.vignette(draw.between(0.5, 0.85))),
    noise: 3,
  }),
  'vignette-wide': single(10, {
    width: 400,
    height: 300,
    size: [0.2, 0.35],
    off: 0.15,
    ink: [0.35, 0.55],
    after: ({ paper, draw }) => p.illuminate(paper, p.vignette(draw.between(0.4, 0.8))),
    noise: 3,
    blur: 1,
  }),
  'shadow-soft': single(11, {
    after: ({ paper, draw }) =>
      p.illuminate(paper, p.shadow(draw.between(0, 6.28), draw.between(-0.2, 0.2), draw.between(0.4, 0.7), 0.5)),
    noise: 3,
  }),
  'shadow-hard': single(12, {
    width: 400,
    height: 300,
    size: [0.25, 0.45],
    off: 0.15,
    after: ({ paper, draw }) =>
      p.illuminate(paper, p.shadow(draw.between(0, 6.28), draw.between(-0.3, 0.3), draw.between(0.3, 0.6), 0.03)),
    noise: 3,
  }),
  webcam: single(13, {
    width: 400,
    height: 300,
    size: [0.25, 0.45],
    off: 0.15,
    ink: [0.3, 0.45],
    after: ({ paper, draw }) => {
      p.illuminate(paper, () => 0.75);
      p.illuminate(paper, p.vignette(draw.between(0.2, 0.45)));
      p.illuminate(paper, p.shadow(1.57, draw.between(0, 0.3), draw.between(-0.25, -0.1), 0.1));
      p.illuminate(paper, p.shadow(draw.between(-0.2, 0.2), draw.between(0, 0.3), draw.between(-0.15, 0.1), 0.05));
    },
    noise: 2,
    blur: 0.8,
  }),
  'colored-paper': single(14, { after: ({ paper }) => p.illuminate(paper, () => 0.45), noise: 3 }),
  chalk: single(15, {
    invert: true,
    after: ({ paper, draw }) => {
      p.illuminate(paper, () => 0.9);
      for (let i = 0; i < paper.light.length; i++) paper.light[i] = 0.15 + 0.7 * paper.light[i]!;
      p.illuminate(paper, p.vignette(draw.between(0.3, 0.7)));
    },
    noise: 3,
  }),
  'chalk-wide': single(16, {
    width: 400,
    height: 300,
    size: [0.2, 0.35],
    off: 0.15,
    invert: true,
    after: ({ paper, draw }) => {
      for (let i = 0; i < paper.light.length; i++) paper.light[i] = 0.2 + 0.6 * paper.light[i]!;
      p.illuminate(paper, p.vignette(draw.between(0.3, 0.7)));
      p.illuminate(paper, p.shadow(draw.between(0, 6.28), draw.between(-0.3, 0.3), draw.between(0.2, 0.5), 0.2));
    },
    noise: 3,
  }),
  'lined-faint': single(17, {
    before: (s) => p.ruled(s.paper, s.draw.between(5, 30), s.draw.between(20, 45), faint(s.draw)),
  }),
  'lined-dark': single(18, { before: (s) => p.ruled(s.paper, s.draw.between(5, 40), s.draw.between(25, 60), thin(s)) }),
  'lined-photo': single(19, {
    width: 400,
    height: 300,
    size: [0.25, 0.45],
    off: 0.15,
    before: (s) =>
      p.ruled(
        s.paper,
        s.draw.between(5, 40),
        s.draw.between(30, 60),
        { width: s.draw.between(1, 2.5), ink: s.draw.between(0.3, 0.6) },
        s.draw.between(-0.06, 0.06),
      ),
    after: photo,
    noise: 3,
    blur: 0.7,
  }),
  'squared-faint': single(20, {
    before: (s) => p.squared(s.paper, s.draw.between(5, 20), s.draw.between(14, 40), faint(s.draw)),
  }),
  'squared-dark': single(21, {
    before: (s) => p.squared(s.paper, s.draw.between(5, 20), s.draw.between(20, 40), thin(s)),
  }),
  'row-lined': row(22, {
    count: 4,
    before: (s) => p.ruled(s.paper, s.draw.between(5, 30), s.draw.between(25, 40), thin(s)),
  }),
  'underlined-baseline': row(23, {
    count: 3,
    before: (s) =>
      p.line(
        s.paper,
        [5, 35 + 45 + s.draw.between(22, 34)],
        [s.paper.width - 5, 35 + 45 + s.draw.between(22, 34)],
        thin(s),
      ),
  }),
  boxed: single(24, {
    before: (s) => {
      const at = s.draw.between(4, 25);
      p.frame(s.paper, at, at, s.paper.width - at, s.paper.height - at, {
        width: s.draw.between(1, 6),
        ink: s.pen.ink,
      });
    },
  }),
  'boxed-small': single(25, {
    width: 400,
    height: 300,
    size: [0.2, 0.4],
    before: (s) => {
      const half = s.draw.between(0.75, 1) * 0.2 * 300 + 20;
      p.frame(s.paper, 200 - half - 15, 150 - half - 15, 200 + half + 15, 150 + half + 15, {
        width: s.draw.between(1, 4),
        ink: s.pen.ink,
      });
    },
  }),
  'boxed-crooked': single(26, {
    before: ({ paper, pen, draw }) => {
      const j = () => draw.between(6, 16);
      const [a, b, c, d] = [
        [j(), j()],
        [240 - j(), j()],
        [240 - j(), 240 - j()],
        [j(), 240 - j()],
      ] as [number, number][];
      const lines = { width: draw.between(2, 6), ink: pen.ink };
      for (const [from, to] of [
        [a, b],
        [b, c],
        [c, d],
        [d, a],
      ] as const) {
        p.line(paper, from!, to!, lines);
      }
    },
  }),
  'boxed-touching': single(27, {
    size: [0.88, 0.94],
    off: 0.02,
    before: (s) => p.frame(s.paper, 8, 8, 232, 232, { width: s.draw.between(1, 4), ink: s.pen.ink }),
  }),
  'boxed-photo': single(28, {
    before: (s) => {
      const at = s.draw.between(8, 25);
      p.frame(s.paper, at, at + 3, s.paper.width - at, s.paper.height - at, {
        width: s.draw.between(2, 5),
        ink: s.pen.ink,
      });
    },
    after: photo,
    noise: 4,
    blur: 0.8,
  }),
  'frame-edge': single(29, {
    before: (s) => p.frame(s.paper, 0, 0, 239, 239, { width: s.draw.between(2, 12), ink: s.pen.ink }),
  }),
  'form-boxes': row(30, {
    count: 4,
    cell: (s, x, y, side) => p.frame(s.paper, x + 6, y + 6, x + side - 6, y + side - 6, { width: 2, ink: 0.1 }),
  }),
  'form-comb': row(31, {
    count: 4,
    cell: (s, x, y, side) => p.frame(s.paper, x, y, x + side, y + side, { width: 2, ink: 0.1 }),
  }),
  'form-comb-photo': row(32, {
    count: 5,
    cell: (s, x, y, side) => p.frame(s.paper, x, y, x + side, y + side, { width: 1.5, ink: 0.3 }),
    after: photo,
    noise: 3,
    blur: 0.7,
  }),
  axes: single(33, {
    size: [0.5, 0.7],
    before: (s) => {
      const lines = { width: s.draw.between(1, 2), ink: 0.1 };
      p.frame(s.paper, 12, 5, 234, 227, lines);
      for (let t = 20; t < 220; t += 40) {
        p.line(s.paper, [12 + t, 227], [12 + t, 232], lines);
        p.line(s.paper, [7, 5 + t], [12, 5 + t], lines);
      }
    },
  }),
  'axes-l': single(34, {
    size: [0.5, 0.7],
    before: (s) => {
      const lines = { width: s.draw.between(1, 2), ink: 0.1 };
      p.line(s.paper, [12, 8], [12, 227], lines);
      p.line(s.paper, [12, 227], [232, 227], lines);
      for (let t = 20; t < 220; t += 40) {
        p.line(s.paper, [12 + t, 227], [12 + t, 232], lines);
        p.line(s.paper, [7, 5 + t], [12, 5 + t], lines);
      }
    },
  }),
  fold: single(35, {
    width: 400,
    height: 300,
    size: [0.3, 0.45],
    off: 0.15,
    after: (s) => {
      const y = 300 * s.draw.between(0.3, 0.7);
      const slope = s.draw.between(-6, 6);
      p.illuminate(s.paper, p.shadow(1.57, s.draw.between(-0.2, 0.2), s.draw.between(0.05, 0.15), 0.02));
      const { light, width, height } = s.paper;
      for (let yy = 0; yy < height; yy++)
        for (let x = 0; x < width; x++) {
          const d = Math.abs(yy - y - (slope * x) / width);
          if (d < 3) light[yy * width + x]! *= 1 - 0.25 * (1 - d / 3);
        }
      photo(s);
    },
    noise: 3,
  }),
  'table-dark': single(36, {
    width: 400,
    height: 300,
    size: [0.3, 0.45],
    off: 0.1,
    after: (s) => {
      onTable(s, s.draw.between(0.1, 0.3));
      photo(s);
    },
    noise: 3,
    blur: 0.7,
  }),
  'table-gray': single(37, {
    width: 400,
    height: 300,
    size: [0.3, 0.45],
    off: 0.1,
    after: (s) => {
      onTable(s, s.draw.between(0.45, 0.65));
      photo(s);
    },
    noise: 3,
    blur: 0.7,
  }),
  'bicubic-light': crop(38, 'bicubic'),
  'bicubic-dark': crop(39, 'bicubic', { dark: true }),
  'bilinear-light': crop(40, 'bilinear'),
  'lanczos-light': crop(41, 'lanczos'),
  'nearest-light': crop(42, 'nearest'),
  'bicubic-blurred': crop(43, 'bicubic', { blur: 0.3 }),
};
