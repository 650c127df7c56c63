/**
 * Measures how often drawings are cut into the right lines, on writers held out of training:
 * `node scripts/words/measure-lines.ts --shared DIR`. Words and lines should stay whole; pages are composed of lines or
 * words of one writer.
 */
import { parseArgs } from 'node:util';
import { randomStream } from '../../src/core/random.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { drawingBox } from '../../src/core/strokes/geometry.ts';
import { strokeLines } from '../../src/core/text/stroke-lines.ts';
import { isHeldOut, readWritten, type Written } from './pen-data.ts';

const { shared, pages } = parseArgs({
  options: { shared: { type: 'string', default: '../shared' }, pages: { type: 'string', default: '1000' } },
}).values;

/** Distances between the base lines of a page, in heights of a small letter. Lines touch at about 2.5. */
const PITCHES = [2.5, 3, 3.5, 4.5, 6];

for (const name of ['unipen-words-train', 'unipen-lines-train']) {
  const written = (await readWritten(shared, name)).filter(isHeldOut);
  const cut = written.filter(({ strokes }) => strokeLines(strokes).length > 1);
  console.log(
    `${name}: ${written.length} of held-out writers, ${cut.length} cut (${percent(cut.length, written.length)})`,
  );
  for (const pitch of PITCHES) console.log(`  pages at ${pitch}: ${measurePages(written, pitch)}`);
}

/** Cuts pages of two to five lines of one writer. */
function measurePages(written: readonly Written[], pitch: number): string {
  const random = randomStream(1);
  const writers = [...Map.groupBy(written, ({ writer }) => writer).values()].filter((all) => all.length > 1);
  let [right, lines, strokes, strokesRight] = [0, 0, 0, 0];
  for (let page = 0; page < Number(pages); page++) {
    const all = writers[Math.floor(random() * writers.length)]!;
    const count = 2 + Math.floor(random() * 4);
    const chosen = Array.from({ length: count }, () => all[Math.floor(random() * all.length)]!.strokes);
    const { drawing, lineOf } = stack(chosen, pitch, random);
    const found = strokeLines(drawing);
    if (found.length === count) lines++;
    const wrong =
      found.length === count ? found.flat().filter((index) => !found[lineOf[index]!]!.includes(index)) : null;
    strokes += drawing.length;
    strokesRight += wrong ? drawing.length - wrong.length : 0;
    if (wrong?.length === 0) right++;
  }
  const share = (part: number) => percent(part, Number(pages));
  return `${share(lines)} have the right number of lines, ${share(right)} are right; ${percent(strokesRight, strokes)} of strokes`;
}

/** Lines below each other, on paper that lies at an angle. */
function stack(lines: readonly Drawing[], pitch: number, random: () => number): { drawing: Drawing; lineOf: number[] } {
  const slope = 0.12 * (random() - 0.5);
  const drawing: Drawing[number][] = [];
  const lineOf: number[] = [];
  let y = 0;
  const small = 2.6 * spreadOf(lines.flat());
  for (const [at, line] of lines.entries()) {
    const { left } = drawingBox(line);
    const middle = meanY(line);
    const shift = 2 * small * random();
    for (const stroke of line) {
      drawing.push(stroke.map(([px, py]) => [px - left + shift, py - middle + y + slope * (px - left)] as const));
      lineOf.push(at);
    }
    y += pitch * small * (0.95 + 0.1 * random());
  }
  return { drawing, lineOf };
}

function meanY(drawing: Drawing): number {
  return weighted(drawing, (y) => y);
}

/** The mean distance of ink from the middle of its stroke. */
function spreadOf(drawing: Drawing): number {
  let [sum, total] = [0, 0];
  for (const stroke of drawing) {
    const middle = meanY([stroke]);
    const length = weighted([stroke], () => 1, false);
    if (length === 0) continue;
    sum += weighted([stroke], (y) => Math.abs(y - middle), false);
    total += length;
  }
  return total === 0 ? 1 : sum / total;
}

/** A value summed over the path of a drawing or, by default, its mean. */
function weighted(drawing: Drawing, value: (y: number) => number, isMean = true): number {
  let [sum, total] = [0, 0];
  for (const stroke of drawing) {
    for (let i = 1; i < stroke.length; i++) {
      const [[x0, y0], [x1, y1]] = [stroke[i - 1]!, stroke[i]!];
      const length = Math.hypot(x1 - x0, y1 - y0);
      sum += length * value((y0 + y1) / 2);
      total += length;
    }
  }
  if (!isMean) return sum;
  return total === 0 ? drawing[0]![0]![1] : sum / total;
}

function percent(part: number, total: number): string {
  return `${((100 * part) / total).toFixed(2)} %`;
}
