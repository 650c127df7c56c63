import {
  CHARACTERS_VERSION,
  type CharactersHeader,
  type FittedCluster,
} from '../../src/core/strokes/character-generator.ts';

const CREDIT =
  'Fitted to the training part of UNIPEN (Guyon, Schomaker, Plamondon, Liberman, and Janet 1994, train_r01_v07, ' +
  'https://doi.org/10.5281/zenodo.1195803, CC BY 4.0): means and principal components of groups of drawings. ' +
  'Made by scripts/fit-characters.ts.';

/** The file of a generator, before it is compressed: see `parseClusters`. */
export function encodeClusters(clusters: readonly FittedCluster[]): Uint8Array {
  const header: CharactersHeader = { version: CHARACTERS_VERSION, credit: CREDIT, clusters: [] };
  const bytes: number[] = [];
  for (const { label, strokes, members, mean, components } of clusters) {
    const scales = [mean, ...components].map((vector) => {
      const largest = vector.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      const scale = Number(Math.max(largest / 127, 1e-6).toPrecision(3)) * 1.01;
      for (const value of vector) bytes.push(Math.round(value / scale) & 255);
      return Number(scale.toPrecision(4));
    });
    header.clusters.push([label, strokes, mean.length / 2 / strokes, members, ...scales]);
  }
  const json = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  return Uint8Array.from([...json, ...bytes]);
}
