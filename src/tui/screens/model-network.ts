import { count } from '../../app/format.ts';
import type { ModelStatus } from '../../app/services.ts';
import { clip, table } from '../../app/text-layout.ts';
import type { Theme } from '../theme/theme.ts';
import { parameterCount } from './model-facts.ts';

/** The layers of a network with the shapes of their outputs and their parameters. */
export function networkLines({ layers }: Pick<ModelStatus, 'layers'>, width: number, theme: Theme): string[] {
  const rows = layers.map(({ name, shape, parameters }) => [name, shape.join('×'), count(parameters)]);
  const total = ['total', '', count(parameterCount(layers))];
  const [heading, ...lines] = table([['Layer', 'Output', 'Parameters'], ...rows, total], [2])
    .split('\n')
    .map((line) => clip(line, width, theme.glyphs.ellipsis));
  return [theme.paint('dim', heading!), ...lines];
}
