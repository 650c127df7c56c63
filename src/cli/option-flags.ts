import { Argument, Command, Option } from 'commander';
import { COMMANDS, type CommandName, type CommandOptions } from '../app/options/commands.ts';
import { describeOptions, type OptionDescription, type OptionsSchema } from '../app/options/describe.ts';
import { EXAMPLES } from './examples.ts';

/** Creates the Commander command of a command. Its action receives the options as given, not yet validated. */
export function createCommand<Name extends CommandName>(
  name: Name,
  action: (options: CommandOptions<Name>) => Promise<void>,
): Command {
  const { summary, description, options } = COMMANDS[name];
  const command = new Command(name).summary(summary).description(description);
  const positional = commandLineOptions(options).filter((option) => option.positional);
  for (const option of positional) command.addArgument(argumentOf(option));
  addFlags(command, options);
  const examples = EXAMPLES[name];
  if (examples) command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
  return command.action((...given: unknown[]) => {
    const named = given[positional.length] as object;
    const placed = Object.fromEntries(positional.map((option, index) => [option.name, given[index]]));
    return action({ ...placed, ...named } as CommandOptions<Name>);
  });
}

/** Adds the flags of options to a command. */
export function addFlags(command: Command, options: OptionsSchema): Command {
  for (const option of commandLineOptions(options)) if (!option.positional) command.addOption(flagOf(option));
  return command;
}

/** The options that the command line has. */
export function commandLineOptions(options: OptionsSchema): OptionDescription[] {
  return describeOptions(options).filter(({ commandLine }) => commandLine !== false);
}

/** `batchSize` is `--batch-size`; a flag that is on by default is turned off with `--no-…`. */
export function flagName({ name, default: fallback }: Pick<OptionDescription, 'name' | 'default'>): string {
  const words = name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
  return fallback === true ? `--no-${words}` : `--${words}`;
}

/** What a flag does. */
export function flagHelp({ help, negatedHelp = help, default: fallback }: OptionDescription): string {
  return fallback === true ? negatedHelp : help;
}

/** What an option does, what it accepts, and its default, as a help text shows them. */
export function helpText(option: OptionDescription): string {
  const { type, help, choices, suggestions, others, defaultText, default: fallback } = option;
  if (type === 'boolean') return flagHelp(option);
  const details = [
    ...(choices ? [`choices: ${choices.join(', ')}`] : []),
    ...(suggestions ? [others ? [...suggestions, others].join(', ') : `such as ${suggestions.join(', ')}`] : []),
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
    ...(defaultText === undefined ? [] : [`default: ${defaultText}`]),
  ];
  return details.length > 0 ? `${help} (${details.join('; ')})` : help;
}

/** An argument as usage texts show it: `<file...>`. */
export function argumentText({ placeholder, type, required }: OptionDescription): string {
  const name = `${placeholder}${type === 'list' ? '...' : ''}`;
  return required ? `<${name}>` : `[${name}]`;
}

/** A flag with its value, as help texts show it: `-m, --model <model>`. */
export function flagText(option: OptionDescription): string {
  const value = option.type === 'boolean' ? '' : ` <${option.placeholder}>`;
  return `${option.short ? `-${option.short}, ` : ''}${flagName(option)}${value}`;
}

function argumentOf(option: OptionDescription): Argument {
  return new Argument(argumentText(option), helpText(option));
}

function flagOf(option: OptionDescription): Option {
  const flag = new Option(flagText(option), helpText(option));
  if (option.type === 'list') flag.argParser((text, previous: string[] = []) => [...previous, text]);
  else flag.argParser((text) => readValue(text, option.type));
  return option.required ? flag.makeOptionMandatory() : flag;
}

/**
 * Converts a flag's text to the type of its option. Other text is returned unchanged, so that validation rejects it.
 */
function readValue(text: string, type: OptionDescription['type']): string | number {
  switch (type) {
    case 'integer':
      return /^-?\d+$/.test(text) ? Number(text) : text;
    case 'number':
      return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
    default:
      return text;
  }
}
