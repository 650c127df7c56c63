import { hash32 } from '../../src/core/random.ts';
import type { Recognizer } from '../../src/core/recognizer/recognizer.ts';
import { DEVICES, drawnWith } from './devices.ts';
import { imagesOf, type LabeledImages } from './labeled-images.ts';
import { type Readings, readImages } from './readings.ts';
import type { LabeledDrawing } from './stroke-files.ts';

/** Which characters of a source are read, each among themselves. */
export const SELECTIONS = ['all', 'digits', 'letters'] as const;
export type Selection = (typeof SELECTIONS)[number];

/** Where characters come from: scans, a pen, or another device. */
export interface Source {
  title: string;
  /** What was simulated, in Markdown; null for real recordings. */
  simulated: string | null;
  data: LabeledImages;
}

/** A source and how its characters are read, each selection among its own classes. */
export interface SourceReadings extends Omit<Source, 'data'> {
  of: Record<Selection, Readings>;
}

const SEED = 1701;

/** Scans, the drawings of a pen, and the same drawings as other devices may have sent them. */
export function listSources(scans: LabeledImages, drawings: readonly LabeledDrawing[]): Source[] {
  return [
    { title: 'Scans (`balanced`)', simulated: null, data: scans },
    { title: 'Pen on a tablet (UNIPEN)', simulated: null, data: imagesOf(drawings) },
    ...DEVICES.map((device, number) => {
      const simulate = ({ label, strokes }: LabeledDrawing, index: number) => ({
        label,
        strokes: drawnWith(device, strokes, hash32(SEED, number, index)),
      });
      return { title: device.title, simulated: device.description, data: imagesOf(drawings.map(simulate)) };
    }),
  ];
}

/** Reads a source's characters, and its digits and its letters among themselves. */
export async function readSource(recognizer: Recognizer, { title, simulated, data }: Source): Promise<SourceReadings> {
  const of = {} as Record<Selection, Readings>;
  for (const selection of SELECTIONS) of[selection] = await readImages(recognizer, data, selection);
  return { title, simulated, of };
}
