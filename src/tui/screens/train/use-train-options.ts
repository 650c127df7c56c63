import { moveKeys } from '../../components/list-form.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import type { KeyContext } from '../../keys/keymap.ts';
import type { TrainFormAction } from './train-form.ts';
import { optionsContext, type TrainForm } from './train-form-state.ts';
import { isFixedOption, type OptionsAction } from './train-options.ts';

/** What numbers are written with. */
const NUMBER = /^[\d.eE-]$/;

/** Handles the keys of the page of options while it is open. */
export function useTrainOptions(isOpen: boolean, dispatchForm: (action: TrainFormAction) => void): void {
  const dispatch = (action: OptionsAction) => dispatchForm({ type: 'options', action });
  const { up, down, ...far } = moveKeys(dispatch);
  useKeys(
    isOpen ? 'trainOptions' : null,
    {
      ...{ ...far, up, down, nextField: down, previousField: up },
      previous: () => dispatch({ type: 'change', by: -1 }),
      next: () => dispatch({ type: 'change', by: 1 }),
      reset: () => dispatch({ type: 'reset' }),
      back: () => dispatch({ type: 'close' }),
    },
    {
      onTextElsewhere({ text }) {
        for (const character of text) if (NUMBER.test(character)) dispatch({ type: 'type', text: character });
      },
      onOther(name) {
        if (name === 'backspace') dispatch({ type: 'backspace' });
      },
    },
  );
}

/** What the keys of that page do at the moment. */
export function optionsHints(form: TrainForm): readonly KeyContext[] {
  const { focus, values } = form.options;
  if (isFixedOption(focus, optionsContext(form))) return ['fixedOption', 'global'];
  return values[focus] === undefined ? ['trainOptions', 'global'] : ['changedOption', 'trainOptions', 'global'];
}
