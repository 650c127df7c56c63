import type { Labeled } from './connected-components.ts';

/**
 * The pairs of components that are at most `reach` pixels apart (chessboard distance), by label: each component's set of
 * neighbors. Components grow by a pixel a step until they meet others.
 */
export function nearComponents({ width, height, labels }: Labeled, reach: number): ReadonlyMap<number, Set<number>> {
  const near = new Map<number, Set<number>>();
  const join = (a: number, b: number) => {
    const set = near.get(a);
    if (set) set.add(b);
    else near.set(a, new Set([b]));
  };
  const owner = Int32Array.from(labels);
  let front: number[] = [];
  for (let at = 0; at < owner.length; at++) if (owner[at] !== 0) front.push(at);
  // Two components that are `d` pixels apart have d - 1 pixels between them, and both grow.
  for (let step = 0; 2 * step < reach && front.length > 0; step++) {
    const next: number[] = [];
    for (const at of front) {
      const own = owner[at]!;
      const x = at % width;
      const y = (at - x) / width;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const to = ny * width + nx;
          const other = owner[to]!;
          if (other === own) continue;
          if (other !== 0) {
            join(own, other);
            join(other, own);
          } else {
            owner[to] = own;
            next.push(to);
          }
        }
      }
    }
    front = next;
  }
  return near;
}
