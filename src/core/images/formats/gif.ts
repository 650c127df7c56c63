import { loadLibrary } from '../../asset.ts';
import type { PictureFormat } from './picture-format.ts';

/** A code of at most 12 bits stands for at most 4096 pixels. */
const MAX_PIXELS_PER_BYTE = 4096;

/** GIF files: the first frame. */
export const GIF_FORMAT: PictureFormat = {
  name: 'GIF',
  matches: (head) => /^GIF8[79]a/.test(head.toString('latin1', 0, 6)),
  readHeader(bytes) {
    if (bytes.length < 10) return null;
    const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
    return { width, height, orientation: 1, leastBytes: (width * height) / MAX_PIXELS_PER_BYTE };
  },
  async decode(bytes) {
    const { GifReader } = (await loadLibrary('gif')).default;
    const reader = new GifReader(bytes);
    const { width, height } = reader;
    if (reader.numFrames() === 0) throw new Error('it has no frame');
    const frame = reader.frameInfo(0);
    if (frame.x + frame.width > width || frame.y + frame.height > height) throw new Error('its frame does not fit');
    const data = new Uint8Array(4 * width * height);
    reader.decodeAndBlitFrameRGBA(0, data);
    return { width, height, data };
  },
};
