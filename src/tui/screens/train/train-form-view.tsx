import { Text } from 'ink';
import type { ReactNode } from 'react';
import type { Status } from '../../../app/services.ts';
import { printable } from '../../../app/text-layout.ts';
import { describeHolder } from '../../../core/files/lock.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize, type Size } from '../../components/body-size.ts';
import { errorNote } from '../../components/error-note.ts';
import { estimateText } from '../../components/estimate-text.ts';
import { joinColumns, Lines } from '../../components/lines.tsx';
import { Loading } from '../../components/loading.tsx';
import { nextStep } from '../../components/next-step.ts';
import { noteLines } from '../../components/notes.ts';
import { lineAround, linesAround } from '../../components/scrolled-lines.ts';
import { StatusError } from '../../components/status-error.tsx';
import { fieldText } from '../../components/text-field.ts';
import { FIELDS } from '../../hints.ts';
import { useEstimate } from '../../hooks/use-estimate.ts';
import type { Theme } from '../../theme/theme.ts';
import { entryText } from '../models/model-entry.ts';
import { NETWORK_PANEL_WIDTH, networkPanel, networkText } from '../models/network-lines.ts';
import { submitted, submittedOptions } from './train-form.ts';
import { fieldLines, splitLines } from './train-form-lines.ts';
import {
  focusedField,
  focusedHelp,
  givenNetwork,
  lacksNetwork,
  nameProblem,
  replaced,
  resumedRun,
  type TrainForm,
  trainedName,
  visibleFields,
} from './train-form-state.ts';
import { invalidOptionName, optionProblem } from './train-options.ts';
import { optionOfLine, optionsLines } from './train-options-lines.ts';

/** What to train, and on what. The fields show what Enter starts. */
export function TrainFormView({ form }: { form: TrainForm }): ReactNode {
  const app = useAppContext();
  const { theme, status, statusError, services } = app;
  const { height } = bodySize(app);
  const estimate = useEstimate(submittedOptions(form) ?? null, services.estimateTraining);
  const network = useEstimate(networkChoice(form), services.networkSummary);
  if (statusError) return <StatusError error={statusError} />;
  if (!status) return <Loading text="Checking" />;
  if (form.splits.length === 0) {
    return <Text>{`No images yet. ${nextStep('press f to fetch some.', theme)}`}</Text>;
  }
  const next = submitted(form);
  const hasPanel = app.columns >= PANEL_COLUMNS;
  const room = formWidth(app);
  const problem = estimate.problem ?? network.problem;
  const time = problem ? errorNote(problem, theme) : estimateText(estimate, theme);
  const layers = network.value && !hasPanel ? `${networkText(network.value)}.` : '';
  const obstacle = obstacleNote(next, theme);
  const action = obstacle ? '' : actionNote(next, theme);
  const before = [obstacle || replacingNote(next, theme), [action, time, layers].filter(Boolean).join(' ')];
  const left = form.options.isOpen
    ? optionsLines(next, before, { width: room, height }, theme)
    : formLines(form, next, before, status, { width: room, height }, theme);
  const panel = networkPanel(network.value ?? null, networkName(next), height, theme);
  return <Lines lines={hasPanel ? joinColumns(left, panel, PANEL_GAP, room) : left} />;
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
  { width, height }: Size,
  theme: Theme,
): string[] {
  const rows = [
    theme.paint('dim', 'Split (training images)'),
    ...splitLines(form, next, status.datasets, width, theme),
    '',
    ...fieldLines(form, next, width, theme),
  ];
  const shown = linesAround(rows, lineOfRow(form, form.focus), height - MIN_NOTES - 1, theme);
  const notes = [
    ...before,
    `${focusedHelp(form)}.`,
    theme.paint('dim', 'One tenth of the images is held out for validation. Test images are not used.'),
    theme.paint('dim', `Engine: ${status.device}`),
  ];
  return [...shown, '', ...noteLines(notes, width, height - shown.length - 1)];
}

/** Where a row is among all lines of the form: there is a heading above the splits, and an empty line below them. */
function lineOfRow({ splits }: TrainForm, index: number): number {
  return index + (index >= splits.length ? 2 : 1);
}

/** The columns of the form: on a wide terminal, the layers of the network are beside it. */
export function formWidth(app: { columns: number; rows: number }): number {
  const { width } = bodySize(app);
  return app.columns >= PANEL_COLUMNS ? width - NETWORK_PANEL_WIDTH - PANEL_GAP : width;
}

/** The row of the form, or of the page of options, on a line of a body of that height; null for none. */
export function rowOfLine(form: TrainForm, height: number, line: number): number | null {
  if (form.options.isOpen) return optionOfLine(form, height, line);
  const rows = form.splits.length + visibleFields(form).length;
  const index = lineAround(rows + 2, lineOfRow(form, form.focus), height - MIN_NOTES - 1, line);
  const found = Array.from({ length: rows }, (_, row) => row).find((row) => lineOfRow(form, row) === index);
  return found ?? null;
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

/** What stands in the way of the run; empty if nothing does. */
function obstacleNote(form: TrainForm, theme: Theme): string {
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
  return '';
}

/** What Enter does, where there are runs that it could resume: what was entered last may have changed that. */
function actionNote(form: TrainForm, theme: Theme): string {
  const { known, options } = form;
  if (known.unfinished.length === 0 || options.isOpen || focusedField(form) === 'options') return '';
  const run = resumedRun(form);
  const name = printable(trainedName(form));
  const action = run ? `resumes ${name} after epoch ${run.epochsDone}` : `starts a new run, ${name}`;
  return theme.paint('strong', `Enter ${action}.`);
}

/** What would be lost by the run; empty if nothing would. */
function replacingNote(form: TrainForm, theme: Theme): string {
  const old = replaced(form);
  return old ? theme.paint('warning', `Replaces ${entryText(old)} after the first epoch.`) : '';
}
