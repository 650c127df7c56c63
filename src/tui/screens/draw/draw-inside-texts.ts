import { percent } from '../../../app/format.ts';
import { clip, printable } from '../../../app/text-layout.ts';
import { describeLayer, type LayerView, shapeText } from '../../../core/inspection.ts';
import type { Prediction } from '../../../core/prediction.ts';
import type { Theme } from '../../theme/theme.ts';
import type { ShownInspection } from './draw-inside-state.ts';
import { SHOWN_ANSWERS } from './draw-reading.ts';

/** The answers on one line, with a mark at the one that is explained. */
export function answersLine(predictions: readonly Prediction[], answer: number, width: number, theme: Theme): string {
  const { paint, glyphs } = theme;
  const answers = predictions.slice(0, SHOWN_ANSWERS).map(({ label, probability }, index) => {
    const text = `${printable(label)} ${percent(probability)}`;
    if (index !== answer) return `  ${index === 0 ? text : paint('dim', text)}`;
    return paint('selected', `${glyphs.pointer} ${text}`);
  });
  return clip(answers.join('  '), width, glyphs.ellipsis);
}

/** What an influence map answers. */
export function influenceHeading({ answer, inspection }: ShownInspection): string {
  const label = printable(inspection.label);
  return answer === 0 ? `Why ${label}?` : `Why not ${label}?`;
}

/** What the influence map shows. */
export function influenceNotes({ label: asked, inspection }: ShownInspection): string[] {
  const { label, probability, without, layers } = inspection;
  const name = printable(label);
  const about = asked === label ? '' : `The network has no class for ${printable(asked)}, so this is about ${name}. `;
  const strongest =
    without < probability
      ? `Without the strongest patch, ${name} has ${percent(without)} instead of ${percent(probability)}.`
      : '';
  return [
    `${about}Covering ink patch by patch shows what counts for ${name} (+ #) or against it (- =).`,
    strongest,
    layers.length === 0 ? 'This network has no layers between the image and the answer.' : '',
  ].filter(Boolean);
}

/** The name of a layer, and the shape of its output. */
export function layerHeading({ name, shape, pools }: LayerView, { unicode }: Theme): string {
  return `${name}${pools ? ', pooled' : ''}  ${shapeText(shape, unicode ? '×' : 'x')}`;
}

/** What the maps of a layer show. */
export function layerNotes(layer: LayerView): string[] {
  const count = layer.shape.at(-1)!;
  const which = layer.channels.length === 0 ? '' : ` Of ${count} maps, those with the strongest response are shown.`;
  return [`${describeLayer(layer)}${which}`];
}
