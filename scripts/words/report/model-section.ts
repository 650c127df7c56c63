import { count } from '../../../src/app/format.ts';
import { type Network, parameterCount } from '../../../src/core/model/network.ts';
import { TEXT_CHARACTERS } from '../../../src/core/text/text-characters.ts';
import type { WordTraining } from '../../../src/core/text/word-model.ts';
import { code, section, table } from '../../report/markdown.ts';

/** What a network is, and how the model was trained; null for a checkpoint. `bytes`: the size of its files. */
export function modelSection(network: Network, model: { training: WordTraining; bytes: number } | null): string {
  const characters = TEXT_CHARACTERS.filter((character) => character !== ' ').join('');
  const rows = [
    ['Parameters', count(parameterCount(network))],
    ['Characters', `${code(characters)} and the space`],
  ];
  if (model) {
    const { epochs, epochsAsked, lines, seed, data } = model.training;
    rows.push(
      ['Size on disk', `${count(model.bytes / 1000)} kB`],
      ['Epochs', `${epochs} of ${epochsAsked}, ${count(lines)} lines each, seed ${seed}`],
      ['Data', data.map(code).join(', ')],
    );
  }
  return section('Network and training run', table(['', ''], rows));
}
