import { Text } from 'ink';
import type { ReactNode } from 'react';
import { count, images } from '../../app/format.ts';
import type { Status } from '../../app/services.ts';
import { alignLeft, alignRight, clip, columnsOf, printable } from '../../app/text-layout.ts';
import { isSplit } from '../../core/dataset/dataset-name.ts';
import { splitLabels } from '../../core/dataset/splits.ts';
import { optionWords } from '../../core/errors.ts';
import { describeHolder } from '../../core/files/lock.ts';
import { useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
import { errorNote } from '../components/error-note.ts';
import { estimateText } from '../components/estimate-text.ts';
import { joinColumns, Lines } from '../components/lines.tsx';
import { Loading } from '../components/loading.tsx';
import { nextStep } from '../components/next-step.ts';
import { noteLines } from '../components/notes.ts';
import { choiceRow, radio, row } from '../components/option-rows.ts';
import { linesAround } from '../components/scrolled-lines.ts';
import { StatusError } from '../components/status-error.tsx';
import { fieldLine, fieldText } from '../components/text-field.ts';
import { FIELDS } from '../hints.ts';
import { useEstimate } from '../hooks/use-estimate.ts';
import type { Theme } from '../theme/theme.ts';
import { entryText } from './model-entry.ts';
import { NETWORK_PANEL_WIDTH, networkLines, networkText } from './network-lines.ts';
import { submitted, submittedOptions } from './train-form.ts';
import {
  chosenPreset,
  defaultName,
  epochsOf,
  type Field,
  focusedField,
  focusedHelp,
  givenNetwork,
  isFixed,
  lacksNetwork,
  nameProblem,
  optionsContext,
  replaced,
  resumedRun,
  type TrainForm,
  visibleFields,
} from './train-form-state.ts';
import { invalidOptionName, isFixedOption, OPTION_NAMES, optionProblem, shownOption } from './train-options.ts';
import { optionsLines } from './train-options-lines.ts';

const NAME_WIDTH = 12;
const NETWORK_PLACEHOLDER = 'the path of a .json file, or the name of a model';

/** Shown for a run that does not start from a model. */
const RANDOM = 'random weights';

/** What there is to train on of a data set. */
interface Images {
  classes: number;
  total: number;
}

/** What to train, and on what. The fields show what Enter starts. */
export function TrainFormView({ form }: { form: TrainForm }): ReactNode {
  const app = useAppContext();
  const { theme, status, statusError, services } = app;
  const { width, height } = bodySize(app);
  const estimate = useEstimate(submittedOptions(form) ?? null, services.estimateTraining);
  const network = useEstimate(networkChoice(form), services.networkSummary);
  if (statusError) return <StatusError error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  if (form.splits.length === 0) {
    return <Text>{`No images yet. ${nextStep('press f to fetch some.', theme)}`}</Text>;
  }
  const next = submitted(form);
  const hasPanel = app.columns >= PANEL_COLUMNS;
  const room = hasPanel ? width - NETWORK_PANEL_WIDTH - PANEL_GAP : width;
  const problem = estimate.problem ?? network.problem;
  const time = problem ? errorNote(problem, theme) : estimateText(estimate, theme);
  const layers = network.value && !hasPanel ? `${networkText(network.value)}.` : '';
  const before = [problemNote(next, theme), [time, layers].filter(Boolean).join(' ')];
  const left = form.options.isOpen
    ? optionsLines(next, before, { width: room, height }, theme)
    : formLines(form, next, before, status, { width: room, height }, theme);
  const padded = Array.from({ length: height }, (_, index) => alignLeft(left[index] ?? '', room));
  const panel = networkLines(network.value ?? null, networkName(next), height, theme);
  return <Lines lines={hasPanel ? joinColumns(padded, panel, PANEL_GAP) : left} />;
}

/** From that many columns on, the layers of the network are beside the form. */
const PANEL_COLUMNS = 110;
const PANEL_GAP = 3;
/** Lines that notes have at least, also where the form has to scroll. */
const MIN_NOTES = 4;

/** The splits and fields, as many as fit, with notes below. */
function formLines(
  form: TrainForm,
  next: TrainForm,
  before: readonly string[],
  status: Status,
  { width, height }: { width: number; height: number },
  theme: Theme,
): string[] {
  const datasets = new Map(
    status.datasets.map(({ split, labels, trainImages }): [string, Images] => {
      const classes = (labels ?? (isSplit(split) ? splitLabels(split) : [])).length;
      return [split, { classes, total: trainImages ?? 0 }];
    }),
  );
  const rows = [
    theme.paint('dim', 'Split (training images)'),
    ...splitLines(form, next, datasets, width, theme),
    '',
    ...fieldLines(form, next, width, theme),
  ];
  const isField = form.focus >= form.splits.length;
  const shown = linesAround(rows, form.focus + (isField ? 2 : 1), height - MIN_NOTES - 1, theme);
  const notes = [
    ...before,
    `${focusedHelp(form)}.`,
    theme.paint('dim', 'One tenth of the images is held out for validation. Test images are not used.'),
    theme.paint('dim', `Engine: ${status.device}`),
  ];
  return [...shown, '', ...noteLines(notes, width, height - shown.length - 1)];
}

/** What the network follows from: not all that the time does. Null if there is none yet. */
function networkChoice(form: TrainForm) {
  const options = submittedOptions(form);
  if (!options) return null;
  const { split, name, resume, architecture, network, from, reject } = options;
  return { split, name, resume, architecture, network, from, reject };
}

/** The network as the form names it. */
function networkName(form: TrainForm): string {
  const { architecture, network } = form;
  const given = resumedRun(form)?.architecture ?? givenNetwork(form);
  return given ?? (architecture === 'own' ? fieldText(network) : architecture);
}

function splitLines(
  form: TrainForm,
  next: TrainForm,
  datasets: ReadonlyMap<string, Images>,
  width: number,
  theme: Theme,
): string[] {
  const { glyphs } = theme;
  const run = resumedRun(next);
  return form.splits.map((split, index) => {
    // The run may be on images that have not been fetched.
    const isChosen = index === form.choice && (!run || form.splits.includes(run.split));
    const { classes, total } = datasets.get(split)!;
    const text = `${radio(isChosen, theme)} ${alignLeft(split, 9)}${alignRight(`${classes} classes`, 10)}  ${alignRight(images(total), 14)}`;
    return row(form.focus === index, clip(text, width - 2, glyphs.ellipsis), theme);
  });
}

function fieldLines(form: TrainForm, next: TrainForm, width: number, theme: Theme): string[] {
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

/** What stands in the way of the run, or would be lost by it. */
function problemNote(form: TrainForm, theme: Theme): string {
  if (lacksNetwork(form)) return theme.paint('warning', 'Enter the path of a file, or the name of a model, in Layers.');
  const problem = nameProblem(form);
  if (problem) return errorNote(problem, theme);
  const invalid = invalidOptionName(form.options.values);
  if (invalid) {
    const expected = optionProblem(invalid, form.options.values);
    return theme.paint('warning', `${FIELDS[invalid]} must be ${expected}.`);
  }
  const run = resumedRun(form);
  if (run?.holder) return theme.paint('warning', `${run.name} is being trained by ${describeHolder(run.holder)}.`);
  if (run && !form.splits.includes(run.split)) {
    return theme.paint('warning', `The images of ${run.split} have not been fetched.`);
  }
  const old = replaced(form);
  return old ? theme.paint('warning', `Replaces ${entryText(old)} after the first epoch.`) : '';
}
