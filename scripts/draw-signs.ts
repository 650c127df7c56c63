/**
 * Draws pictures of signs that are in no alphabet, to take over as data of one's own:
 * `node scripts/draw-signs.ts FOLDER [--per-sign 150] [--seed 1]`.
 */
import { parseArgs } from 'node:util';
import { writeSigns } from './signs/write-signs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'per-sign': { type: 'string', default: '150' }, seed: { type: 'string', default: '1' } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('name the folder to write');
const perSign = Number(values['per-sign']);
const signs = await writeSigns(folder, { perSign, seed: Number(values.seed) });
console.log(`wrote ${perSign} pictures of each of ${signs.join(', ')} to ${folder}`);
