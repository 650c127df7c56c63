import { describeOptions } from '../../../app/options/describe.ts';
import { type LearnOptions, learnOptions } from '../../../app/options/learn.ts';
import type { EmnistError } from '../../../core/errors.ts';
import { checkModelName } from '../../../core/model/model-store.ts';
import { LEARNING_DEFAULTS } from '../../../core/training/learn-run.ts';
import { TRAIN_LIMITS } from '../../../core/training/train-limits.ts';
import { inputProblem } from '../../components/input-problem.ts';
import { type ListAction, reduceList } from '../../components/list-form.ts';
import { fieldText, type TextField, textField, typeInto } from '../../components/text-field.ts';
import type { KeyPress } from '../../keys/key-presses.ts';

/** The fields, from top to bottom. */
export const FIELDS = ['from', 'name', 'epochs'] as const;
export type Field = (typeof FIELDS)[number];

const MAX_EPOCHS = TRAIN_LIMITS.epochs[1];

/** The options of learning. */
export interface LearnForm {
  readonly focus: number;
  /** The name of the model to start from; undefined for the default one. */
  readonly from: string | undefined;
  /** Empty for the default. */
  readonly name: TextField;
  readonly epochs: number;
  /** A digit was typed since the field got the focus: the first digit replaces the number, further ones are appended. */
  readonly typed: boolean;
}

export type LearnFormAction =
  | ListAction
  /** `models`: the names to choose from. */
  | { type: 'change'; by: 1 | -1; models: readonly string[] }
  | { type: 'text'; press: KeyPress };

export const INITIAL_LEARN_FORM: LearnForm = {
  ...{ focus: 0, from: undefined, name: textField(), epochs: LEARNING_DEFAULTS.epochs, typed: false },
};

export function focusedField({ focus }: LearnForm): Field {
  return FIELDS[focus]!;
}

const HELP = new Map(describeOptions(learnOptions).map(({ name, help }) => [name, help]));

/** The help text of the focused field. */
export function focusedHelp(form: LearnForm): string {
  return `${HELP.get(focusedField(form))}.`;
}

/** Why no model can have the name; null if one can. */
export function nameProblem(form: LearnForm): EmnistError | null {
  const name = fieldText(form.name).trim();
  if (name === '') return null;
  return inputProblem(() => checkModelName(name));
}

/** The options to learn with; defaults are left out. */
export function submittedOptions({ from, name, epochs }: LearnForm): LearnOptions {
  const given = fieldText(name).trim();
  return {
    ...(from !== undefined && { from }),
    ...(given !== '' && { name: given }),
    ...(epochs !== LEARNING_DEFAULTS.epochs && { epochs }),
  };
}

export function reduceLearnForm(form: LearnForm, action: LearnFormAction): LearnForm {
  switch (action.type) {
    case 'move':
    case 'choose':
    case 'tab': {
      const { focus } = reduceList({ focus: form.focus, choice: 0 }, action, 0, FIELDS.length);
      return { ...form, focus, typed: false };
    }
    case 'change': {
      const field = focusedField(form);
      if (field === 'from') {
        const choices = [undefined, ...action.models];
        const index = (choices.indexOf(form.from) + action.by) % choices.length;
        return { ...form, from: choices.at(index) };
      }
      return field === 'epochs' ? { ...form, epochs: within(form.epochs + action.by) } : form;
    }
    case 'text': {
      const { text } = action.press;
      if (focusedField(form) === 'epochs' && /^\d$/.test(text)) {
        const longer = form.epochs * 10 + Number(text);
        return { ...form, typed: true, epochs: within(form.typed && longer <= MAX_EPOCHS ? longer : Number(text)) };
      }
      // Other letters are the beginning of the name.
      if (text === '' && focusedField(form) !== 'name') return form;
      return { ...form, focus: FIELDS.indexOf('name'), name: typeInto(form.name, action.press) };
    }
  }
}

function within(epochs: number): number {
  return Math.min(MAX_EPOCHS, Math.max(TRAIN_LIMITS.epochs[0], epochs));
}
