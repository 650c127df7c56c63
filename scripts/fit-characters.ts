/**
 * Fits the generator of characters that `learn` replays, and writes it to models/characters.bin:
 * `node scripts/fit-characters.ts [--strokes FILE.jsonl.gz] [--out FILE]`. The same drawings give the same file.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { readStrokeFile } from '../src/core/strokes/stroke-file.ts';
import { encodeClusters } from './characters/encode.ts';
import { fitClusters } from './characters/fit-clusters.ts';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    strokes: { type: 'string', default: path.join(root, '../shared/strokes/unipen-train.jsonl.gz') },
    out: { type: 'string', default: path.join(root, 'models/characters.bin') },
  },
});
const clusters = await fitClusters(readStrokeFile(values.strokes));
const file = gzipSync(encodeClusters(clusters), { level: 9 });
await writeFile(values.out, file);
const members = clusters.reduce((sum, cluster) => sum + cluster.members, 0);
console.log(`${clusters.length} clusters of ${members} drawings, ${file.length} bytes, in ${values.out}`);
