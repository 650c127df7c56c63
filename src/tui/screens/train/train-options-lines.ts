import { alignLeft, clip } from '../../../app/text-layout.ts';
import type { Size } from '../../components/body-size.ts';
import { noteLines } from '../../components/notes.ts';
import { choiceRow, row } from '../../components/option-rows.ts';
import { lineAround, linesAround } from '../../components/scrolled-lines.ts';
import { FIELDS } from '../../hints.ts';
import type { Theme } from '../../theme/theme.ts';
import { optionsContext, type TrainForm } from './train-form-state.ts';
import { describeOption, OPTION_NAMES, type OptionName, shownOption } from './train-option-values.ts';
import { defaultOption, isFixedOption } from './train-options.ts';

const NAME_WIDTH = 16;
/** The column of values, with the marks around them. */
const VALUE_WIDTH = 16;
/** Lines that notes have at least, also where the options have to scroll. */
const MIN_NOTES = 4;

/** The page of options: each with its value, and notes below. */
export function optionsLines(
  form: TrainForm,
  before: readonly string[],
  { width, height }: Size,
  theme: Theme,
): string[] {
  const { focus } = form.options;
  const rows = OPTION_NAMES.map((name) => clip(optionRow(form, name, theme), width, theme.glyphs.ellipsis));
  const shown = linesAround(rows, OPTION_NAMES.indexOf(focus), roomFor(height), theme);
  const fixed = isFixedOption(focus, optionsContext(form));
  const help = fixed ? 'Set by the run that is resumed' : describeOption(focus).help;
  const [problem = '', ...others] = before;
  const notes = [problem, `${help}.`, ...others];
  return [...shown, '', ...noteLines(notes, width, height - shown.length - 1)];
}

/** The lines for the options, of all lines of the body. */
function roomFor(height: number): number {
  return Math.min(OPTION_NAMES.length, height - MIN_NOTES - 1);
}

/** The option on a line of a body of that height, as an index; null for none. */
export function optionOfLine({ options }: TrainForm, height: number, line: number): number | null {
  return lineAround(OPTION_NAMES.length, OPTION_NAMES.indexOf(options.focus), roomFor(height), line);
}

/** The row of an option. A changed one has a mark, its value, and the default. */
function optionRow(form: TrainForm, name: OptionName, theme: Theme): string {
  const { focus, values } = form.options;
  const context = optionsContext(form);
  const isFocused = focus === name;
  const title = FIELDS[name]!;
  const fallback = shownOption(name, defaultOption(name, values, context));
  const value = values[name];
  if (isFixedOption(name, context)) {
    return row(isFocused, `${alignLeft(title, NAME_WIDTH)}   ${theme.paint('dim', fallback)}`, theme);
  }
  if (value === undefined) {
    const shown = isFocused ? fallback : theme.paint('dim', fallback);
    return choiceRow(isFocused, title, shown, NAME_WIDTH, theme);
  }
  const changed = choiceRow(isFocused, title, shownOption(name, value), NAME_WIDTH, theme);
  const line = alignLeft(changed, 2 + NAME_WIDTH + 1 + VALUE_WIDTH);
  return `${line} ${theme.paint('warning', theme.glyphs.changed)} ${theme.paint('dim', `default ${fallback}`)}`;
}
