import { count, images } from '../../../app/format.ts';
import { alignLeft, alignRight, clip, columnsOf, printable } from '../../../app/text-layout.ts';
import { classLabels, type DatasetStatus } from '../../../core/dataset/dataset-store.ts';
import { optionWords } from '../../../core/errors.ts';
import { choiceRow, radio, row } from '../../components/option-rows.ts';
import { fieldLine } from '../../components/text-field.ts';
import type { Theme } from '../../theme/theme.ts';
import {
  chosenPreset,
  defaultName,
  epochsOf,
  type Field,
  focusedField,
  givenNetwork,
  isFixed,
  optionsContext,
  resumedRun,
  type TrainForm,
  visibleFields,
} from './train-form-state.ts';
import { OPTION_NAMES, shownOption } from './train-option-values.ts';
import { isFixedOption } from './train-options.ts';

const NAME_WIDTH = 12;
const NETWORK_PLACEHOLDER = 'the path of a .json file, or the name of a model';

/** Shown for a run that does not start from a model. */
const RANDOM = 'random weights';

/**
 * The data sets to train on, with their classes and training images.
 *
 * @param next the form as Enter submits it
 */
export function splitLines(
  form: TrainForm,
  next: TrainForm,
  datasets: readonly DatasetStatus[],
  width: number,
  theme: Theme,
): string[] {
  const { glyphs } = theme;
  const run = resumedRun(next);
  return form.splits.map((split, index) => {
    // The run may be on images that have not been fetched.
    const isMarked = index === next.choice && (!run || form.splits.includes(run.split));
    const dataset = datasets.find((one) => one.split === split)!;
    const classes = alignRight(`${classLabels(dataset).length} classes`, 10);
    const size = alignRight(images(dataset.trainImages ?? 0), 14);
    const text = `${radio(isMarked, theme)} ${alignLeft(split, 9)}${classes}  ${size}`;
    return row(form.focus === index, clip(text, width - 2, glyphs.ellipsis), theme);
  });
}

/** The fields below them: a value that follows from another field, or from the run that is resumed, is gray. */
export function fieldLines(form: TrainForm, next: TrainForm, width: number, theme: Theme): string[] {
  const focused = focusedField(form);
  const run = resumedRun(next);
  const fixed = (field: Field, name: string, value: string) =>
    row(focused === field, `${alignLeft(name, NAME_WIDTH)}   ${theme.paint('dim', value)}`, theme);
  const lines: Record<Field, () => string> = {
    architecture: () =>
      isFixed(next, 'architecture')
        ? fixed('architecture', 'Network', printable(run?.architecture ?? givenNetwork(next)!))
        : choiceRow(
            focused === 'architecture',
            'Network',
            next.architecture === 'own' ? 'your own' : next.architecture,
            NAME_WIDTH,
            theme,
          ),
    network: () => {
      const field = fieldLine(next.network, width - NAME_WIDTH - 5, focused === 'network', NETWORK_PLACEHOLDER, theme);
      return `${row(focused === 'network', alignLeft('Layers', NAME_WIDTH), theme)}   ${field}`;
    },
    from: () =>
      run
        ? fixed('from', 'From', printable(run.parent ?? RANDOM))
        : choiceRow(focused === 'from', 'From', printable(next.from ?? RANDOM), NAME_WIDTH, theme),
    epochs: () => choiceRow(focused === 'epochs', 'Epochs', count(epochsOf(next)), NAME_WIDTH, theme),
    resume: () => {
      const short = run && `resume after epoch ${run.epochsDone} of ${run.epochs}`;
      const long = run && `${short} (${printable(run.name)})`;
      // The name is in the next row as well.
      const value = (columnsOf(long ?? '') <= width - NAME_WIDTH - 7 ? long : short) ?? 'from scratch';
      return choiceRow(focused === 'resume', 'Start', value, NAME_WIDTH, theme);
    },
    name: () => {
      if (run) return fixed('name', 'Name', printable(run.name));
      const field = fieldLine(next.name, width - NAME_WIDTH - 5, focused === 'name', defaultName(next), theme);
      return `${row(focused === 'name', alignLeft('Name', NAME_WIDTH), theme)}   ${field}`;
    },
    preset: () =>
      isFixed(next, 'preset')
        ? fixed('preset', 'Preset', run ? 'that of the run' : 'that of the model')
        : choiceRow(focused === 'preset', 'Preset', presetText(next), NAME_WIDTH, theme),
    options: () => {
      const changed = optionsText(next);
      const text = changed || theme.paint('dim', run ? 'those of the run' : 'defaults');
      const value = focused === 'options' ? `${text} ${theme.glyphs.right}` : text;
      return row(focused === 'options', `${alignLeft('Options', NAME_WIDTH)}   ${value}`, theme);
    },
  };
  return visibleFields(form).map((field) => clip(lines[field](), width, theme.glyphs.ellipsis));
}

function presetText(form: TrainForm): string {
  return chosenPreset(form)?.name ?? 'custom';
}

/** `limit 10,000, seed 3`: the options that were changed. */
function optionsText(form: TrainForm): string {
  const { values } = form.options;
  const context = optionsContext(form);
  const changed = OPTION_NAMES.filter((name) => values[name] !== undefined && !isFixedOption(name, context));
  return changed.map((name) => `${optionWords(name)} ${shownOption(name, values[name]!)}`).join(', ');
}
