import {
  COLUMNS,
  PACK_CHANNEL_STRIDE,
  PACK_CHANNELS,
  PACK_COLUMN_STRIDE,
  PACK_FROM,
  PACK_TAP_STRIDE,
  PACK_TILES,
  PACK_TO,
} from './layout';

/**
 * Weights transformed by G g G^T (see winograd.ts), packed as [16][column / 16][channel][16]. A chunk packs one tile.
 */
export function winogradPack(op: usize, tile: u32): void {
  const channels = <usize>load<u32>(op, PACK_CHANNELS);
  const channelStride = load<i32>(op, PACK_CHANNEL_STRIDE);
  const columnStride = load<i32>(op, PACK_COLUMN_STRIDE);
  const tapStride = load<i32>(op, PACK_TAP_STRIDE);
  const plane = <usize>load<u32>(op, PACK_TILES) * channels * COLUMNS * 4;
  const from = <usize>load<u32>(op, PACK_FROM) + tile * COLUMNS * columnStride;
  const to = <usize>load<u32>(op, PACK_TO) + tile * channels * COLUMNS * 4;
  for (let channel: usize = 0; channel < channels; channel++) {
    for (let column: usize = 0; column < <usize>COLUMNS; column++) {
      const at = from + channel * channelStride + column * columnStride;
      const out = to + channel * COLUMNS * 4 + column * 4;
      for (let i: usize = 0; i < 4; i++) {
        // One row of G g, then its product with G^T.
        const g0 = timesRow(at, 3 * tapStride, i);
        const g1 = timesRow(at + tapStride, 3 * tapStride, i);
        const g2 = timesRow(at + 2 * tapStride, 3 * tapStride, i);
        const row = out + 4 * i * plane;
        store<f32>(row, g0);
        store<f32>(row + plane, (g0 + g1 + g2) * 0.5);
        store<f32>(row + 2 * plane, (g0 - g1 + g2) * 0.5);
        store<f32>(row + 3 * plane, g2);
      }
    }
  }
}

/** The product of a row of G and three values, `stride` bytes apart. */
function timesRow(at: usize, stride: usize, row: usize): f32 {
  const a = load<f32>(at);
  const b = load<f32>(at + stride);
  const c = load<f32>(at + 2 * stride);
  if (row == 0) return a;
  if (row == 3) return c;
  return (row == 1 ? a + b + c : a - b + c) * 0.5;
}
