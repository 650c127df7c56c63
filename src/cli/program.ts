import { Command } from 'commander';
import { aboutOption } from '../app/options/about-option.ts';
import { COMMAND_NAMES, COMMANDS, type CommandName } from '../app/options/commands.ts';
import { type GlobalOptions, globalOptions } from '../app/options/global.ts';
import { VERSION } from '../core/version.ts';
import { runClean } from './commands/clean.ts';
import { runCompletion } from './commands/completion.ts';
import { runDoctor } from './commands/doctor.ts';
import { runDraw } from './commands/draw.ts';
import { runEvaluate } from './commands/evaluate.ts';
import { runExport } from './commands/export.ts';
import { runFetch } from './commands/fetch.ts';
import { runImport } from './commands/import.ts';
import { runLearn } from './commands/learn.ts';
import { runModels } from './commands/models.ts';
import { runPredict } from './commands/predict.ts';
import { runSamples } from './commands/samples.ts';
import { runSchema } from './commands/schema.ts';
import { runTrain } from './commands/train.ts';
import type { Context, Handler } from './context.ts';
import { FIRST_STEPS } from './examples.ts';
import { addFlags, createCommand } from './option-flags.ts';

const HANDLERS: { readonly [Name in CommandName]: Handler<Name> } = {
  fetch: runFetch,
  train: runTrain,
  learn: runLearn,
  evaluate: runEvaluate,
  predict: runPredict,
  draw: runDraw,
  samples: runSamples,
  models: runModels,
  export: runExport,
  import: runImport,
  clean: runClean,
  doctor: runDoctor,
  schema: runSchema,
  completion: runCompletion,
};

/**
 * The grammar of the command line. Errors are thrown, not printed. `run` does a command's work once the command line is
 * known to be well-formed, with the options of every command.
 */
export function createProgram(
  run: (options: GlobalOptions, work: (context: Context) => Promise<void>) => Promise<void>,
): Command {
  const program = new Command('emnist-tui')
    .description('Recognize handwritten characters, words, and lines. Opens the app when no command is given.')
    .version(VERSION, '--version', 'Print the version')
    .helpOption('-h, --help', 'Print help')
    .helpCommand('help [command]', 'Print help for a command')
    .addHelpText('after', FIRST_STEPS)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  addFlags(program, globalOptions);
  for (const name of COMMAND_NAMES) program.addCommand(bind(name).copyInheritedSettings(program));

  function bind<Name extends CommandName>(name: Name): Command {
    return createCommand(name, (options) =>
      run(program.opts<GlobalOptions>(), async (context) => {
        try {
          await HANDLERS[name](options, context);
        } catch (error) {
          throw aboutOption(error, COMMANDS[name].options, options);
        }
      }),
    );
  }
  return program;
}
