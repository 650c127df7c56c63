import { COMMANDS } from '../../app/options/commands.ts';
import type { OptionDescription } from '../../app/options/describe.ts';
import { globalOptions } from '../../app/options/global.ts';
import { commandLineOptions, flagHelp, flagName } from '../option-flags.ts';

/** The parts of the command line that a shell can complete. */
export interface Grammar {
  /** Flags of every command. */
  flags: readonly Flag[];
  commands: readonly Command[];
}

export interface Command {
  name: string;
  summary: string;
  /** The flags that only this command has. */
  flags: readonly Flag[];
  /** Its arguments; null if it has none. */
  argument: Value | null;
}

export interface Flag {
  /** `--model` */
  long: string;
  /** `-m` */
  short: string | null;
  help: string;
  /** Null for a flag without one. */
  value: Value | null;
}

/** The value of a flag, or an argument. `words`: one of these; `words-or-file`: or a file; `text`: anything. */
export type Value = { name: string } & (
  | { kind: 'words' | 'words-or-file'; words: readonly string[] }
  | { kind: 'file' | 'folder' | 'model' | 'text' }
);

/** The grammar of the command line, from the options of all commands. */
export function commandLineGrammar(): Grammar {
  const commands = Object.entries(COMMANDS).map(([name, { summary, options }]): Command => {
    const described = commandLineOptions(options);
    const argument = described.find(({ positional }) => positional);
    const flags = described.filter(({ positional }) => !positional).map(flagOf);
    return { name, summary, flags, argument: argument ? valueOfOption(argument) : null };
  });
  const names = commands.map(({ name }) => name);
  const argument: Value = { name: 'command', kind: 'words', words: names };
  const help: Command = { name: 'help', summary: 'Print help for a command', flags: [], argument };
  const flags: Flag[] = [
    ...commandLineOptions(globalOptions).map(flagOf),
    { long: '--help', short: '-h', help: 'Print help', value: null },
    { long: '--version', short: null, help: 'Print the version', value: null },
  ];
  return { flags, commands: [...commands, help] };
}

function flagOf(option: OptionDescription): Flag {
  return {
    long: flagName(option),
    short: option.short ? `-${option.short}` : null,
    help: flagHelp(option),
    value: option.type === 'boolean' ? null : valueOfOption(option),
  };
}

function valueOfOption({
  suggestions,
  choices = suggestions,
  completes,
  placeholder = 'value',
}: OptionDescription): Value {
  if (choices) return { name: placeholder, kind: completes === 'file' ? 'words-or-file' : 'words', words: choices };
  return { name: placeholder, kind: completes ?? 'text' };
}
