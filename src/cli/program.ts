import { Command, Option } from 'commander';
import { VERSION } from '../core/version.ts';
import { text } from './arguments.ts';
import { cleanCommand } from './commands/clean.ts';
import { doctorCommand } from './commands/doctor.ts';
import { drawCommand } from './commands/draw.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { exportCommand } from './commands/export.ts';
import { fetchCommand } from './commands/fetch.ts';
import { importCommand } from './commands/import.ts';
import { modelsCommand } from './commands/models.ts';
import { predictCommand } from './commands/predict.ts';
import { trainCommand } from './commands/train.ts';
import type { Run } from './context.ts';

/** In the order of the help. */
const COMMANDS = {
  fetch: fetchCommand,
  train: trainCommand,
  evaluate: evaluateCommand,
  predict: predictCommand,
  draw: drawCommand,
  models: modelsCommand,
  export: exportCommand,
  import: importCommand,
  clean: cleanCommand,
  doctor: doctorCommand,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

const EXAMPLES = `
Examples:
  emnist-tui                                     open the app
  emnist-tui draw                                draw in the browser, see what is read
  emnist-tui fetch && emnist-tui train           train on the balanced data set
  emnist-tui predict word.png --characters letters
`;

/** The options that every command takes, wherever they stand. */
export interface GlobalOptions {
  dataDir?: string;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color: boolean;
}

/** The command line's grammar. Prints nothing on errors but throws them; `run` does a command's work. */
export function createProgram(run: Run): Command {
  const program = new Command('emnist-tui')
    .description('Recognize handwritten letters and digits. Without a command it opens the app.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help on a command')
    .addOption(new Option('--data-dir <dir>', 'keep data sets and models here').argParser(text('--data-dir')))
    .option('--json', 'one JSON object a line on stdout')
    .option('-q, --quiet', 'no progress')
    .option('--verbose', 'more on what goes wrong')
    .option('--no-color', 'no colors')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  for (const create of Object.values(COMMANDS)) {
    program.addCommand(create(run).copyInheritedSettings(program));
  }
  return program;
}
