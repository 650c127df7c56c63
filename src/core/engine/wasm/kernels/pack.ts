import {
  COLUMNS,
  PACK_CHANNEL_STRIDE,
  PACK_CHANNELS,
  PACK_COLUMN_STRIDE,
  PACK_FROM,
  PACK_ROW_STRIDE,
  PACK_ROW_TAPS,
  PACK_TAP_STRIDE,
  PACK_TAPS,
  PACK_TILES,
  PACK_TO,
} from './layout';

/** Packs weights in the order in which a GEMM reads them, [column / 16][tap][channel][16]. A chunk packs one tile. */
export function pack(op: usize, tile: u32): void {
  const taps = load<u32>(op, PACK_TAPS);
  const channels = load<u32>(op, PACK_CHANNELS);
  const tapStride = load<i32>(op, PACK_TAP_STRIDE);
  const rowTaps = load<u32>(op, PACK_ROW_TAPS);
  const rowStride = load<i32>(op, PACK_ROW_STRIDE);
  const channelStride = load<i32>(op, PACK_CHANNEL_STRIDE);
  const columnStride = load<i32>(op, PACK_COLUMN_STRIDE);
  const from = <usize>load<u32>(op, PACK_FROM) + tile * COLUMNS * columnStride;
  let to = <usize>load<u32>(op, PACK_TO) + tile * taps * channels * COLUMNS * 4;
  for (let tap: u32 = 0; tap < taps; tap++) {
    const tapFrom = from + (tap / rowTaps) * rowStride + (tap % rowTaps) * tapStride;
    for (let channel: u32 = 0; channel < channels; channel++, to += COLUMNS * 4) {
      let at = tapFrom + channel * channelStride;
      if (columnStride == 4) {
        for (let column: usize = 0; column < <usize>COLUMNS * 4; column += 16)
          v128.store(to + column, v128.load(at + column));
        continue;
      }
      for (let column: usize = 0; column < <usize>COLUMNS * 4; column += 4, at += columnStride)
        store<f32>(to + column, load<f32>(at));
    }
  }
}
