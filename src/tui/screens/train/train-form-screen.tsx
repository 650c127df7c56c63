import type { ActionDispatch, ReactNode } from 'react';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Frame } from '../../components/frame.tsx';
import { formKeys, listKeys } from '../../components/list-form.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useListMouse } from '../../hooks/use-list-mouse.ts';
import type { KeyPress } from '../../keys/key-presses.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import { submitted, type TrainFormAction } from './train-form.ts';
import { focusedField, isFixed, lacksNetwork, nameProblem, resumedRun, type TrainForm } from './train-form-state.ts';
import { formWidth, rowOfLine, TrainFormView } from './train-form-view.tsx';
import { OPTION_NAMES } from './train-option-values.ts';
import { optionsHints, useTrainOptions } from './use-train-options.ts';

/** The form for a training run, and its keys. */
export function TrainFormScreen({
  form,
  dispatch,
  start,
}: {
  form: TrainForm;
  dispatch: ActionDispatch<[action: TrainFormAction]>;
  start: () => void;
}): ReactNode {
  const app = useAppContext();
  const { back, statusError } = app;
  const isEmpty = form.splits.length === 0 || statusError !== null;
  const hasOptions = !isEmpty && form.options.isOpen;
  const isTyping = !isEmpty && !hasOptions && isTextField(form);
  const type = (press: KeyPress) => dispatch({ type: 'text', press });
  useKeys(isEmpty ? 'view' : null, { back }, { menu: true });
  useKeys(
    isEmpty || isTyping || hasOptions ? null : 'trainForm',
    { ...formKeys(dispatch), start, back },
    {
      onTextElsewhere: (press) => {
        const isNumber = focusedField(form) === 'epochs' && /^\d$/.test(press.text);
        if (isNumber) dispatch({ type: 'digit', digit: Number(press.text) });
        else type(press);
      },
      onOther: (name) => {
        if (name === 'backspace' && focusedField(form) === 'epochs') dispatch({ type: 'backspace' });
      },
    },
  );
  useKeys(isTyping ? 'text' : null, { ...listKeys(dispatch), start, back }, { onText: type });
  useTrainOptions(hasOptions, dispatch);
  const focus = hasOptions ? OPTION_NAMES.indexOf(form.options.focus) : form.focus;
  const move = (by: number) =>
    dispatch(hasOptions ? { type: 'options', action: { type: 'move', by } } : { type: 'move', by });
  useListMouse(
    isEmpty
      ? null
      : {
          ...{ top: 0, columns: { from: 0, to: formWidth(app) }, focus, context: 'formMouse' },
          entryAt: (line) => rowOfLine(form, bodySize(app).height, line),
          onFocus: (row) => move(row - focus),
          onOpen() {
            const field = focusedField(form);
            if (hasOptions) dispatch({ type: 'options', action: { type: 'change', by: 1 } });
            else if (field === undefined || field === 'options') start();
            else dispatch({ type: 'change', by: 1 });
          },
          onWheel: move,
        },
  );
  const context = isEmpty ? 'view' : hintContext(form);
  const starts = context !== 'view' && context !== 'invalidField' && context !== 'optionsField';
  const resuming = starts && resumedRun(submitted(form)) ? 'resumedRun' : null;
  return (
    <Frame
      title={hasOptions ? 'Train a network: options' : 'Train a network'}
      keyContexts={hasOptions ? optionsHints(form) : [resuming, context, isTyping ? null : 'global']}
    >
      <TrainFormView form={form} />
    </Frame>
  );
}

/** Whether the focused field is one for text. */
function isTextField(form: TrainForm): boolean {
  const field = focusedField(form);
  return field === 'network' || (field === 'name' && !resumedRun(form));
}

/** What the keys of the form do at the moment. */
function hintContext(form: TrainForm): KeyContext {
  const field = focusedField(form);
  if (field === undefined) return 'trainForm';
  if (field === 'name' && nameProblem(form)) return 'invalidField';
  if (field === 'options') return 'optionsField';
  if (isFixed(form, field)) return 'fixedField';
  if (field === 'network') return lacksNetwork(form) ? 'invalidField' : 'text';
  return field === 'name' ? 'text' : 'field';
}
