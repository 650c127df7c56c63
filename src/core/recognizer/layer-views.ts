import { type LayerView, MAX_MAP_SIZE, MAX_STRIP } from '../inspection.ts';
import type { Shape } from '../model/layer.ts';

/** The feature maps of a layer with the strongest response. `values`: its output for an image, in `shape`. */
export function layerMaps(
  values: Float32Array,
  shape: Shape,
  most: number,
): Pick<LayerView, 'size' | 'channels' | 'maps'> {
  const highest = values.reduce((max, value) => Math.max(max, value), 0);
  const scale = highest > 0 ? 255 / highest : 0;
  const byte = (value: number) => Math.round(Math.max(0, value) * scale);
  if (shape.length === 1) {
    const run = Math.ceil(shape[0] / MAX_STRIP);
    const strip = Uint8Array.from({ length: Math.ceil(shape[0] / run) }, (_, index) => {
      return byte(values.subarray(index * run, (index + 1) * run).reduce((max, value) => Math.max(max, value), 0));
    });
    return { size: [1, strip.length], channels: [], maps: [strip] };
  }
  const [height, width, count] = shape;
  const channels = strongestChannels(values, count, most);
  const cell = Math.ceil(Math.max(height, width) / MAX_MAP_SIZE);
  const size = [Math.ceil(height / cell), Math.ceil(width / cell)] as const;
  const maps = channels.map((channel) => {
    return Uint8Array.from({ length: size[0] * size[1] }, (_, index) => {
      const [top, left] = [Math.floor(index / size[1]) * cell, (index % size[1]) * cell];
      let highest = 0;
      for (let y = top; y < Math.min(height, top + cell); y++) {
        for (let x = left; x < Math.min(width, left + cell); x++) {
          highest = Math.max(highest, values[(y * width + x) * count + channel]!);
        }
      }
      return byte(highest);
    });
  });
  return { size, channels, maps };
}

/** The channels with the largest sum of squared positive values, in their own order. */
function strongestChannels(values: Float32Array, count: number, most: number): number[] {
  const energies = new Float64Array(count);
  for (let at = 0; at < values.length; at++) energies[at % count]! += Math.max(0, values[at]!) ** 2;
  return Array.from(energies.keys())
    .sort((a, b) => energies[b]! - energies[a]! || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}
