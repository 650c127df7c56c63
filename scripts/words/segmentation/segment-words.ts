import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { readModel, shippedFolder } from '../../../src/core/model/model-folder.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';
import type { ScoredWord } from './decode-groups.ts';
import { scoreGroups } from './group-scores.ts';
import { groupPieces } from './groups.ts';
import { cutWord } from './pieces.ts';

/** Cuts words into groups and scores them with the shipped character network. */
export interface Segmenter {
  segment(word: Drawing): Promise<ScoredWord>;
  dispose(): Promise<void>;
}

export async function createSegmenter({ threads = 1 }: { threads?: number } = {}): Promise<Segmenter> {
  const { network, weights, labels } = await readModel(shippedFolder, 'shipped');
  const engine = await createWasmEngine({ threads });
  const ready = await engine.createNetwork(network);
  await ready.setWeights(weights);
  return {
    segment: async (word) => {
      const cut = cutWord(word);
      return { groups: await scoreGroups(groupPieces(cut), ready, labels), gaps: cut.gaps };
    },
    dispose: () => engine.dispose(),
  };
}
