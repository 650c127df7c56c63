import type { Box } from './box.ts';

/** A connected area of ink. */
export interface Component {
  /** Its label in `Labeled.labels`, from 1. */
  readonly label: number;
  readonly box: Box;
  /** In pixels. */
  readonly area: number;
}

export interface Labeled {
  readonly width: number;
  readonly height: number;
  /** The label of each pixel's component, 0 for paper, [height, width]. */
  readonly labels: Int32Array;
  readonly components: readonly Component[];
}

/** Labels the 8-connected components of a mask, [height, width], by flood fill. */
export function labelComponents(mask: Uint8Array, width: number, height: number): Labeled {
  const labels = new Int32Array(width * height);
  // Each pixel is pushed at most once.
  const stack = new Int32Array(width * height);
  const components: Component[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || labels[start] !== 0) continue;
    const label = components.length + 1;
    let left = width;
    let right = 0;
    let top = height;
    let bottom = 0;
    let area = 0;
    let stacked = 0;
    stack[stacked++] = start;
    labels[start] = label;
    while (stacked > 0) {
      const at = stack[--stacked]!;
      const x = at % width;
      const y = (at - x) / width;
      area++;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (mask[next] === 0 || labels[next] !== 0) continue;
          labels[next] = label;
          stack[stacked++] = next;
        }
      }
    }
    components.push({ label, box: { left, top, right, bottom }, area });
  }
  return { width, height, labels, components };
}
