import type { CompletionEvent } from '../../app/events.ts';
import { completionOptions } from '../../app/options/completion.ts';
import { parseOptions } from '../../app/options/parse.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { commandLineGrammar } from '../completion/grammar.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { Handler } from '../context.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export const runCompletion: Handler<'completion'> = async (options, { output }) => {
  const { shell } = parseOptions(completionOptions, options);
  const event: CompletionEvent = { event: 'end', shell, script: SCRIPTS[shell](commandLineGrammar()) };
  output.event(event, ({ script }) => ({ result: script.trimEnd() }));
};
