import * as v from 'valibot';
import { flag, option, path, text } from './option.ts';

/** What is done with a model. */
const ACTIONS = ['use', 'rename', 'note', 'delete'] as const;

function action(name: (typeof ACTIONS)[number], help: string, requires?: string) {
  const conflicts = ACTIONS.filter((other) => other !== name);
  const info = { help, placeholder: 'model', completes: 'model', conflicts, ...(requires && { requires }) } as const;
  // A name; what looks like a path is treated as with other options for a model, and is then unknown.
  return option(path(), info);
}

export const modelsOptions = v.object({
  use: action('use', 'Use this model by default, until a later one is trained'),
  rename: action('rename', 'Rename this model', 'to'),
  to: option(text(), { help: 'New name of the model', placeholder: 'name', requires: 'rename' }),
  note: action('note', 'Change the note about this model', 'text'),
  text: option(v.string('text'), {
    help: 'Text of the note; an empty one removes it',
    placeholder: 'text',
    requires: 'note',
  }),
  delete: action('delete', 'Delete this model and its checkpoint, which cannot be restored'),
  yes: flag({ help: 'Delete without asking', short: 'y' }),
});

export type ModelsOptions = v.InferInput<typeof modelsOptions>;
