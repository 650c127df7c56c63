import type { Drawing, Point, Stroke } from './drawing.ts';

type Random = () => number;

/** Drawings that show nothing; `random` returns numbers in [0, 1). About 100 units high and wide. */
const SCRIBBLES: readonly ((random: Random) => Drawing)[] = [
  tangle,
  zigzag,
  coil,
  (random) => repeat(1 + below(3, random), () => polyline(6 + below(5, random), random)),
  (random) => repeat(4 + below(4, random), () => polyline(2, random)),
  frame,
  grid,
  (random) => repeat(2 + below(8, random), () => dot(random)),
  wave,
  star,
  arrow,
];

/** A scribble, a zigzag, a frame, dots, a wavy line, and the like. */
export function randomScribble(random: Random): Drawing {
  return SCRIBBLES[below(SCRIBBLES.length, random)]!(random);
}

/** Strokes that cross out whatever is in a square of 100 units: lines, or a zigzag. */
export function randomStrikeout(random: Random): Drawing {
  if (random() < 0.4) return zigzag(random);
  return repeat(1 + below(3, random), () => {
    const y = 100 * random();
    return [
      [-10 * random(), y],
      [100 + 10 * random(), 100 * random()],
    ];
  });
}

/** A whole number below `count`. */
function below(count: number, random: Random): number {
  return Math.floor(count * random());
}

function repeat(count: number, make: () => Stroke): Drawing {
  return Array.from({ length: count }, make);
}

function place(random: Random): Point {
  return [100 * random(), 100 * random()];
}

/** The points at `steps` + 1 places from 0 to 1. */
function curve(steps: number, at: (share: number) => Point): Stroke {
  return Array.from({ length: steps + 1 }, (_, step) => at(step / steps));
}

function polyline(points: number, random: Random): Stroke {
  return Array.from({ length: points }, () => place(random));
}

/** A curve that turns about many times. */
function tangle(random: Random): Drawing {
  const waves = Array.from({ length: 4 }, (_, i) => ({
    turns: (i + 1) * (0.7 + random()) * (1 + 2 * random()),
    phases: [random(), random()] as const,
    size: random() / (i + 1),
  }));
  const along = (share: number, axis: 0 | 1) =>
    waves.reduce(
      (sum, { turns, phases, size }) => sum + size * Math.sin(2 * Math.PI * (turns * share + phases[axis])),
      0,
    );
  return [curve(90, (share) => [50 + 40 * along(share, 0), 50 + 40 * along(share, 1)])];
}

function zigzag(random: Random): Drawing {
  const turns = 6 + below(9, random);
  const isUpright = random() < 0.5;
  const lean = 40 * (random() - 0.5);
  const stroke = Array.from({ length: turns + 1 }, (_, turn): Point => {
    const along = (100 * turn) / turns + 6 * random();
    const across = turn % 2 === 0 ? 12 * random() : 100 - 12 * random();
    return isUpright ? [along + (lean * across) / 100, across] : [across, along + (lean * across) / 100];
  });
  return [stroke];
}

/** Circles on top of each other, or a spiral. */
function coil(random: Random): Drawing {
  const turns = 2.5 + 5 * random();
  const [inner, drift] = [random(), 100 * (random() - 0.3)];
  const [width, start] = [20 + 30 * random(), random()];
  return [
    curve(Math.round(24 * turns), (share) => {
      const angle = 2 * Math.PI * (turns * share + start);
      const radius = inner + (1 - inner) * share;
      return [50 + drift * share + width * radius * Math.cos(angle), 50 + 50 * radius * Math.sin(angle)];
    }),
  ];
}

function frame(random: Random): Drawing {
  const height = 40 + 60 * random();
  const lean = 10 * random();
  const corners: Point[] = [
    [0, lean],
    [100 - lean, 0],
    [100, height],
    [lean, height + lean],
    [0, lean],
  ];
  const outline = random() < 0.3 ? [...corners.slice(0, 3), corners[0]!] : corners;
  if (random() < 0.6) return [outline];
  return outline.slice(1).map((corner, index) => [outline[index]!, corner]);
}

function grid(random: Random): Drawing {
  const [rows, columns] = [2 + below(3, random), 2 + below(3, random)];
  const line = (count: number, toPoint: (along: number, across: number) => Point) =>
    Array.from({ length: count }, (_, i): Stroke => {
      const across = (100 * (i + 0.3 + 0.4 * random())) / count;
      return [toPoint(5 * random(), across), toPoint(100 - 5 * random(), across + 6 * (random() - 0.5))];
    });
  return [...line(rows, (x, y) => [x, y]), ...line(columns, (y, x) => [x, y])];
}

/** A small circle, so that it has an extent. */
function dot(random: Random): Stroke {
  const [x, y] = place(random);
  const size = 1 + 3 * random();
  return curve(6, (share) => [x + size * Math.cos(2 * Math.PI * share), y + size * Math.sin(2 * Math.PI * share)]);
}

function wave(random: Random): Drawing {
  const [turns, height, rise] = [1.5 + 4 * random(), 4 + 16 * random(), 60 * (random() - 0.5)];
  return [curve(60, (share) => [100 * share, rise * share + height * Math.sin(2 * Math.PI * turns * share)])];
}

function star(random: Random): Drawing {
  const points = 5 + below(3, random);
  const start = random();
  if (random() < 0.5) {
    return repeat(points, () => {
      const angle = 2 * Math.PI * random();
      return [
        [50, 50],
        [50 + 50 * Math.cos(angle), 50 + 50 * Math.sin(angle)],
      ];
    });
  }
  return [
    curve(points, (share) => {
      const angle = 2 * Math.PI * (2 * share + start);
      return [50 + 50 * Math.cos(angle), 50 + 50 * Math.sin(angle)];
    }),
  ];
}

function arrow(random: Random): Drawing {
  const angle = 2 * Math.PI * random();
  const turned = (x: number, y: number): Point => [
    50 + x * Math.cos(angle) - y * Math.sin(angle),
    50 + x * Math.sin(angle) + y * Math.cos(angle),
  ];
  const [length, head] = [40 + 10 * random(), 12 + 15 * random()];
  const shaft = [turned(-length, 0), turned(length, 0)];
  const tip = [turned(length - head, -head), turned(length, 0), turned(length - head, head)];
  return [shaft, tip];
}
