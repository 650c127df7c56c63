import { existsSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import yauzl from 'yauzl';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { readStrokeFile } from '../../../src/core/strokes/stroke-file.ts';
import { readIdx } from '../../helpers/idx.ts';
import { named } from '../../helpers/skip.ts';

const ARCHIVE = '../shared/emnist/gzip.zip';
const STROKES = '../shared/strokes/unipen-train.jsonl.gz';
const absent = [ARCHIVE, STROKES].filter((file) => !existsSync(file));
const missing = absent.length > 0 ? `no ${absent.join(' and ')}` : null;

/** Extracts members of the archive by the ends of their names. */
async function members(ends: readonly string[]): Promise<Buffer[]> {
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(ARCHIVE, { lazyEntries: true });
  const found = new Map<string, Buffer>();
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry: yauzl.Entry) => {
      const end = ends.find((name) => entry.fileName.endsWith(name));
      if (!end) return zip.readEntry();
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        buffer(stream).then((bytes) => {
          found.set(end, gunzipSync(bytes));
          zip.readEntry();
        }, reject);
      });
    });
    zip.readEntry();
  });
  return ends.map((end) => found.get(end)!);
}

/** Mean ink and number of pixels above half ink, for each digit. */
class DigitStatistics {
  readonly #sums = Array.from({ length: 10 }, () => ({ images: 0, ink: 0, above: 0 }));

  add(digit: number, image: Uint8Array): void {
    const sums = this.#sums[digit]!;
    sums.images++;
    for (const value of image) {
      sums.ink += value;
      if (value > 127) sums.above++;
    }
  }

  get(digit: number) {
    const { images, ink, above } = this.#sums[digit]!;
    return { ink: ink / images / 784, above: above / images };
  }

  mean(what: 'ink' | 'above'): number {
    return this.#sums.reduce((sum, _, digit) => sum + this.get(digit)[what], 0) / 10;
  }
}

describe.skipIf(missing)(named('rasterized digits', missing), () => {
  it('have as much ink as EMNIST training images of the same digit', async () => {
    const [images, labels] = await members(['digits-train-images-idx3-ubyte.gz', 'digits-train-labels-idx1-ubyte.gz']);
    const emnist = new DigitStatistics();
    const { data } = await readIdx(images!, { name: 'images', dims: 3 });
    const { data: digits } = await readIdx(labels!, { name: 'labels', dims: 1 });
    for (const [i, digit] of digits.entries()) emnist.add(digit, data.subarray(i * 784, (i + 1) * 784));
    const drawn = new DigitStatistics();
    for await (const { label, strokes } of readStrokeFile(STROKES)) {
      if (/^\d$/.test(label!)) drawn.add(Number(label), rasterize(strokes));
    }
    expect(Math.abs(drawn.mean('ink') / emnist.mean('ink') - 1)).toBeLessThan(0.04);
    expect(Math.abs(drawn.mean('above') / emnist.mean('above') - 1)).toBeLessThan(0.04);
    for (let digit = 0; digit < 10; digit++) {
      expect(Math.abs(drawn.get(digit).ink / emnist.get(digit).ink - 1), `digit ${digit}`).toBeLessThan(0.15);
    }
  });
});
