import type { OwnDetails } from '../core/dataset/own/own-details.ts';
import { count, counted, images, percent } from './format.ts';

/** Classes that are listed one by one. */
const MAX_CLASSES = 62;
/** Pictures or rows that are named. */
const MAX_NAMED = 5;

/** What was found in the source of data of one's own, as lines of complete sentences. */
export function ownDataLines(details: OwnDetails): string[] {
  const { format, perClass, inverted, sizes, skipped, skippedFirst, notes } = details;
  const thing = format === 'pictures' ? 'picture' : format === 'csv' ? 'row' : 'image';
  return [
    classesLine(perClass),
    ...(orientationLine(details) ?? []),
    ...(inverted > 0 ? [`Dark on light, and inverted: ${images(inverted)}.`] : []),
    ...(sizes && sizes.distinct > 1
      ? [
          `The pictures have ${count(sizes.distinct)} sizes, from ${sizes.smallest} to ${sizes.largest} pixels; all are now 28x28.`,
        ]
      : []),
    ...testPartLines(details),
    ...notes,
    ...(skipped > 0
      ? [`Left out, because ${skipped === 1 ? 'it' : 'they'} cannot be read: ${counted(skipped, thing)}.`]
      : []),
    ...skippedFirst.slice(0, MAX_NAMED).map(({ source, reason }) => `  ${source}: ${reason}`),
    ...(skipped > MAX_NAMED ? [`  and ${count(skipped - MAX_NAMED)} more`] : []),
  ];
}

function testPartLines({ testPart, perClass, notes }: OwnDetails): string[] {
  if (testPart === 'held-out') {
    // Of fewer than six images, one is not a sixth.
    const small = perClass.some(({ trainImages, testImages }) => trainImages + testImages < 6);
    const share = small ? 'About a sixth of each class, at least one of two images,' : 'A sixth of each class';
    return [`${share} is held out as the test part.`];
  }
  // A note may name it.
  return notes.some((note) => note.startsWith('The test part is')) ? [] : ['The test part is that of the source.'];
}

function classesLine(perClass: OwnDetails['perClass']): string {
  const classes = perClass.map(({ label, trainImages, testImages }) => ({ label, size: trainImages + testImages }));
  if (classes.length <= MAX_CLASSES) {
    const counts = classes.map(({ label, size }) => `${label} ${count(size)}`).join(', ');
    return `${classes.length} classes: ${counts}.`;
  }
  const sizes = classes.map(({ size }) => size);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const range = least === most ? images(most) : `${count(least)} to ${images(most)}`;
  return `${classes.length} classes, with ${range} each.`;
}

function orientationLine({ orientation, orientationFrom, trial }: OwnDetails): [string] | null {
  if (orientation === null) return null;
  const stored =
    orientation === 'upright' ? 'The images are upright' : 'The images were transposed, and are now upright';
  if (orientationFrom === 'given') return [`${stored}, as given.`];
  const read =
    trial === null
      ? 'the shipped model does not know these labels'
      : `the shipped model reads ${percent(trial.upright)} of them as they are, ${percent(trial.transposed)} transposed`;
  return [orientationFrom === 'detected' ? `${stored}: ${read}.` : `${stored}. That is assumed: ${read}.`];
}
