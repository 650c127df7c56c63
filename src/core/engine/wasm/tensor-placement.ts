import { roundUp } from './engine-memory.ts';
import type { Tensor } from './execution-plan.ts';

/** Work that reads and writes tensors. */
export interface TensorAccess {
  readonly reads: readonly Tensor[];
  readonly writes: readonly Tensor[];
}

/**
 * Offsets of tensors in a common buffer, in which those share memory that are not needed at the same time: from the work
 * that writes them first to the last that reads them, both included. `bytesOf`: bytes that a tensor takes.
 */
export function placeTensors(
  work: readonly TensorAccess[],
  bytesOf: (tensor: Tensor) => number,
): { offsets: Map<Tensor, number>; bytes: number } {
  const lastUse = new Map<Tensor, number>();
  work.forEach(({ reads, writes }, index) => {
    for (const tensor of [...writes, ...reads]) lastUse.set(tensor, index);
  });
  const offsets = new Map<Tensor, number>();
  /** Ranges in use, by their start. */
  let used: { start: number; end: number; until: number }[] = [];
  let bytes = 0;
  work.forEach(({ writes }, index) => {
    used = used.filter(({ until }) => until >= index);
    for (const tensor of writes) {
      if (offsets.has(tensor)) continue;
      const size = roundUp(bytesOf(tensor), 64);
      let start = 0;
      for (const range of used) {
        if (start + size <= range.start) break;
        start = range.end;
      }
      used.push({ start, end: start + size, until: lastUse.get(tensor)! });
      used.sort((a, b) => a.start - b.start);
      offsets.set(tensor, start);
      bytes = Math.max(bytes, start + size);
    }
  });
  return { offsets, bytes };
}
