import { INFLUENCE_SIZE, type Inspection, type InspectOptions, type LayerView } from '../../src/core/inspection.ts';

const SIZE = 28;
/** Where each filter of the first layer compares a pixel with another. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
  [1, 1],
  [-1, 1],
  [2, 0],
  [0, 2],
] as const;

/** An inspection without a network: edges of the image, and ink that counts for the class above and against it below. */
export function fakeInspection(image: Uint8Array, { label = 'R', maps: most = 8 }: InspectOptions = {}): Inspection {
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= SIZE || y >= SIZE ? 0 : image[y * SIZE + x]!);
  const edges = Array.from({ length: most }, (_, index) => {
    const [dx, dy] = STEPS[index % STEPS.length]!;
    return Uint8Array.from({ length: SIZE * SIZE }, (_, pixel) => {
      const [x, y] = [pixel % SIZE, Math.floor(pixel / SIZE)];
      return Math.max(0, at(x, y) - at(x + dx, y + dy));
    });
  });
  const halved = edges.map((map) => halve(map, SIZE));
  const quartered = halved.map((map) => halve(map, SIZE / 2));
  const layer = (name: string, channels: number, side: number, maps: Uint8Array[], pools = true): LayerView => ({
    ...{ name, kind: 'convolution', pools, shape: [side, side, channels], size: [side, side], maps },
    channels: maps.map((_, index) => index * 3),
  });
  const units = Uint8Array.from({ length: 256 }, (_, index) => (index * 37) % 256);
  const influence = Float32Array.from({ length: INFLUENCE_SIZE ** 2 }, (_, cell) => {
    const [x, y] = [cell % INFLUENCE_SIZE, Math.floor(cell / INFLUENCE_SIZE)];
    const ink = at(2 * x, 2 * y) + at(2 * x + 1, 2 * y + 1);
    return ink === 0 ? 0 : (INFLUENCE_SIZE - 2 * y) / INFLUENCE_SIZE;
  });
  return {
    ...{ label, probability: 0.931, without: 0.412, influence },
    layers: [
      layer('conv2d', 32, 28, edges, false),
      layer('conv2d_1', 64, 14, halved),
      layer('conv2d_2', 128, 7, quartered),
      { name: 'dense', kind: 'dense', pools: false, shape: [256], size: [1, 256], channels: [], maps: [units] },
    ],
  };
}

/** The largest of each four pixels. */
function halve(map: Uint8Array, side: number): Uint8Array {
  const half = side / 2;
  return Uint8Array.from({ length: half * half }, (_, cell) => {
    const from = 2 * Math.floor(cell / half) * side + 2 * (cell % half);
    return Math.max(map[from]!, map[from + 1]!, map[from + side]!, map[from + side + 1]!);
  });
}
