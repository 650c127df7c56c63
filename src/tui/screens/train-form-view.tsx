import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { count, images } from '../../app/format.ts';
import { alignLeft, alignRight, clip, columnsOf, printable } from '../../app/text-layout.ts';
import { isSplit } from '../../core/dataset/dataset-name.ts';
import { splitLabels } from '../../core/dataset/splits.ts';
import { describeHolder } from '../../core/files/lock.ts';
import { useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
import { errorNote } from '../components/error-note.ts';
import { estimateText } from '../components/estimate-text.ts';
import { Lines } from '../components/lines.tsx';
import { Loading } from '../components/loading.tsx';
import { nextStep } from '../components/next-step.ts';
import { noteLines } from '../components/notes.ts';
import { choiceRow, radio, row } from '../components/option-rows.ts';
import { StatusError } from '../components/status-error.tsx';
import { fieldLine } from '../components/text-field.ts';
import { useEstimate } from '../hooks/use-estimate.ts';
import type { Theme } from '../theme/theme.ts';
import { entryText } from './model-entry.ts';
import {
  defaultName,
  epochsOf,
  type Field,
  focusedField,
  focusedHelp,
  givenNetwork,
  isFixed,
  lacksNetwork,
  nameProblem,
  replaced,
  resumedRun,
  submitted,
  submittedOptions,
  type TrainForm,
  visibleFields,
} from './train-form.ts';

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
  if (statusError) return <StatusError error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  if (form.splits.length === 0) {
    return <Text>{`No images yet. ${nextStep('press f to fetch some.', theme)}`}</Text>;
  }
  const next = submitted(form);
  const fields = fieldLines(form, next, width, theme);
  const notes = [
    problemNote(next, theme),
    estimate.problem ? errorNote(estimate.problem, theme) : estimateText(estimate, theme),
    `${focusedHelp(form)}.`,
    theme.paint('dim', 'One tenth of the images is held out for validation. Test images are not used.'),
    theme.paint('dim', `Engine: ${status.device}`),
  ];
  const room = height - form.splits.length - fields.length - 3;
  const datasets = new Map(
    status.datasets.map(({ split, labels, trainImages }): [string, Images] => {
      const classes = (labels ?? (isSplit(split) ? splitLabels(split) : [])).length;
      return [split, { classes, total: trainImages ?? 0 }];
    }),
  );
  return (
    <Box flexDirection="column">
      <Lines
        lines={[theme.paint('dim', 'Split (training images)'), ...splitLines(form, next, datasets, width, theme)]}
      />
      <Box marginTop={1}>
        <Lines lines={fields} />
      </Box>
      <Box marginTop={1}>
        <Lines lines={noteLines(notes, width, room)} />
      </Box>
    </Box>
  );
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
  };
  return visibleFields(form).map((field) => clip(lines[field](), width, theme.glyphs.ellipsis));
}

/** What stands in the way of the run, or would be lost by it. */
function problemNote(form: TrainForm, theme: Theme): string {
  if (lacksNetwork(form)) return theme.paint('warning', 'Enter the path of a file, or the name of a model, in Layers.');
  const problem = nameProblem(form);
  if (problem) return errorNote(problem, theme);
  const run = resumedRun(form);
  if (run?.holder) return theme.paint('warning', `${run.name} is being trained by ${describeHolder(run.holder)}.`);
  if (run && !form.splits.includes(run.split)) {
    return theme.paint('warning', `The images of ${run.split} have not been fetched.`);
  }
  const old = replaced(form);
  return old ? theme.paint('warning', `Replaces ${entryText(old)} after the first epoch.`) : '';
}
