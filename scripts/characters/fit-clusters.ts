import { hash32, randomStream } from '../../src/core/random.ts';
import type { FittedCluster } from '../../src/core/strokes/character-generator.ts';
import type { Drawing, Point, Stroke } from '../../src/core/strokes/drawing.ts';
import { drawingBox, pathLength } from '../../src/core/strokes/geometry.ts';
import type { StrokeSample } from '../../src/core/strokes/stroke-file.ts';

/** Points of each stroke, by the number of strokes. Drawings with more strokes are left out. */
const POINTS = [28, 16, 12, 10];
/** About how many drawings a cluster has; smaller ones than the minimum are dropped, so that none shows the hand of one writer. */
const USUAL_MEMBERS = 90;
const MIN_MEMBERS = 12;
const COMPONENTS = 3;
const SEED = 1;
const K_MEANS_STEPS = 25;
const POWER_STEPS = 60;

/**
 * Groups drawings of the same character with as many strokes by k-means, and describes each group by its mean and its first
 * principal components. No drawing itself remains.
 */
export async function fitClusters(samples: AsyncIterable<StrokeSample>): Promise<FittedCluster[]> {
  const groups = new Map<string, { label: string; strokes: number; vectors: Float64Array[] }>();
  for await (const { label, strokes } of samples) {
    if (label === undefined || strokes.length > POINTS.length) continue;
    const vector = vectorOf(strokes, POINTS[strokes.length - 1]!);
    if (vector === null) continue;
    const key = `${label} ${strokes.length}`;
    const group = groups.get(key) ?? { label, strokes: strokes.length, vectors: [] };
    group.vectors.push(vector);
    groups.set(key, group);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  return sorted.flatMap(({ label, strokes, vectors }, index) =>
    kMeans(vectors, Math.max(1, Math.round(vectors.length / USUAL_MEMBERS)), hash32(SEED, index))
      .filter((members) => members.length >= MIN_MEMBERS)
      .map((members) => ({ label, strokes, members: members.length, ...principalComponents(members) })),
  );
}

/** The points of a drawing, evenly spaced along each stroke, with the center at 0 and the longer side 1; null for a dot. */
function vectorOf(drawing: Drawing, points: number): Float64Array | null {
  const { left, top, width, height } = drawingBox(drawing);
  const extent = Math.max(width, height);
  if (extent === 0) return null;
  const vector: number[] = [];
  for (const stroke of drawing) {
    for (const [x, y] of evenlySpaced(stroke, points)) {
      vector.push((x - left - width / 2) / extent, (y - top - height / 2) / extent);
    }
  }
  return Float64Array.from(vector);
}

function evenlySpaced(stroke: Stroke, points: number): Point[] {
  const length = pathLength(stroke);
  if (length === 0) return Array.from({ length: points }, () => stroke[0]!);
  const result: Point[] = [stroke[0]!];
  let reached = 0;
  for (let i = 1; i < stroke.length; i++) {
    const [fromX, fromY] = stroke[i - 1]!;
    const [toX, toY] = stroke[i]!;
    const step = Math.hypot(toX - fromX, toY - fromY);
    while (result.length < points - 1 && reached + step >= (result.length * length) / (points - 1)) {
      const share = ((result.length * length) / (points - 1) - reached) / step;
      result.push([fromX + share * (toX - fromX), fromY + share * (toY - fromY)]);
    }
    reached += step;
  }
  while (result.length < points) result.push(stroke.at(-1)!);
  return result;
}

/** Lloyd's algorithm from centers that k-means++ chooses. */
function kMeans(vectors: readonly Float64Array[], k: number, seed: number): Float64Array[][] {
  const random = randomStream(seed);
  const centers = [vectors[Math.floor(random() * vectors.length)]!];
  const nearest = vectors.map((vector) => distance(vector, centers[0]!));
  while (centers.length < k) {
    let left = random() * nearest.reduce((sum, value) => sum + value, 0);
    let chosen = nearest.findIndex((value) => {
      left -= value;
      return left < 0;
    });
    if (chosen < 0) chosen = vectors.length - 1;
    const center = vectors[chosen]!;
    centers.push(center);
    vectors.forEach((vector, index) => {
      nearest[index] = Math.min(nearest[index]!, distance(vector, center));
    });
  }
  let groups: Float64Array[][] = [];
  for (let step = 0; step < K_MEANS_STEPS; step++) {
    groups = centers.map(() => []);
    for (const vector of vectors) {
      let best = 0;
      for (let center = 1; center < centers.length; center++) {
        if (distance(vector, centers[center]!) < distance(vector, centers[best]!)) best = center;
      }
      groups[best]!.push(vector);
    }
    groups.forEach((group, index) => {
      if (group.length > 0) centers[index] = mean(group);
    });
  }
  return groups;
}

/** Mean and first principal components, each multiplied by its standard deviation, by power iteration with deflation. */
function principalComponents(vectors: readonly Float64Array[]): Pick<FittedCluster, 'mean' | 'components'> {
  const center = mean(vectors);
  const rows = vectors.map((vector) => vector.map((value, i) => value - center[i]!));
  const components: Float64Array[] = [];
  for (let component = 0; component < COMPONENTS; component++) {
    let direction = rows.reduce((longest, row) => (norm(row) > norm(longest) ? row : longest)).slice();
    let deviation = 0;
    for (let step = 0; step < POWER_STEPS && norm(direction) > 0; step++) {
      const length = norm(direction);
      const unit = direction.map((value) => value / length);
      const next = new Float64Array(unit.length);
      for (const row of rows) {
        const along = dot(row, unit);
        for (let i = 0; i < next.length; i++) next[i]! += along * row[i]!;
      }
      deviation = Math.sqrt(norm(next) / rows.length);
      direction = next;
    }
    const length = norm(direction);
    const unit = direction.map((value) => (length > 0 ? value / length : 0));
    components.push(unit.map((value) => value * deviation));
    for (const row of rows) {
      const along = dot(row, unit);
      for (let i = 0; i < row.length; i++) row[i]! -= along * unit[i]!;
    }
  }
  return { mean: center, components };
}

function mean(vectors: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  return sum.map((value) => value / vectors.length);
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}
