import { count, percent } from '../../../src/app/format.ts';
import { NOT_SURE } from '../../../src/core/prediction.ts';
import { code, section, table } from '../markdown.ts';
import { KEPT_SHARE, type Refused, type RefusedGroups, type Rejection } from '../rejection.ts';

const HEADING = 'What is refused';

/** What a model refuses; null if it cannot. */
export function rejectionSection(rejection: Rejection | null): string {
  if (rejection === null) return section(HEADING, 'This model cannot reject: it takes everything for a character.');
  const { threshold, validation, keptShare, refusedShare, byUncertainty, characters, drawn, words, scanned, signs } =
    rejection;
  const thresholds = [`at ${threshold.toFixed(3)}`, `at ${NOT_SURE}`];
  const groupsHead = [...thresholds.map((at) => `Refused ${at}`), 'Area under the ROC curve'];
  return section(
    HEADING,
    `A drawing or image is refused if it is no character with at least a certain probability. The canvas page is not sure from ${NOT_SURE} on. At ${threshold.toFixed(3)}, ${percent(KEPT_SHARE, 0)} of the validation set are kept: ${count(validation.scans)} scans that training held out and ${count(validation.drawings)} drawings by ${validation.writers} writers of UNIPEN's training part, both counting equally. The model was trained on those drawings, so fewer of others may be kept. All other figures are of test parts.`,
    `At this threshold, ${percent(keptShare)} of the real characters are kept, scans and pen counting equally, and ${percent(refusedShare)} of the wrong groups are refused, all kinds counting equally. A threshold on the best probability, chosen likewise, would keep ${percent(byUncertainty.keptShare)} and refuse ${percent(byUncertainty.refusedShare)}.`,
    table(
      ['Real characters', 'Count', ...thresholds.map((at) => `Kept ${at}`)],
      characters.map(({ title, count: number, atThreshold, atNotSure }) => [
        title,
        count(number),
        percent(1 - atThreshold),
        percent(1 - atNotSure),
      ]),
    ),
    `Wrong groups are made as for training, but from characters of the test parts: ${count(rejection.wrongGroups)} of each kind, those from drawings each of one writer. Signs and words are real. Not everything can be refused: many parts of characters are characters themselves, as an \`F\` is in an \`E\`; two characters may look like another one, and a crossed-out \`I\` like a \`t\`. The area under the ROC curve is how often a random wrong group gets a higher probability of no character than a random real one: those of drawings, signs, and words compared to the pen, those of scans to the scans.`,
    table(['From drawings', 'Count', ...groupsHead], drawn.concat(words).map(groupRow)),
    table(['From scans', 'Count', ...groupsHead], scanned.map(groupRow)),
    `Refused signs ${thresholds[0]}, and ${thresholds[1]}: ${signs.map(signText).join(', ')}.`,
  );
}

function groupRow({ title, count: number, atThreshold, atNotSure, area }: RefusedGroups): string[] {
  return [title, count(number), percent(atThreshold), percent(atNotSure), area.toFixed(3)];
}

function signText({ title, atThreshold, atNotSure }: Refused): string {
  return `${code(title)} ${percent(atThreshold, 0)} and ${percent(atNotSure, 0)}`;
}
