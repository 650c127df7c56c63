import * as v from 'valibot';
import { cleanOptions } from './clean.ts';
import { completionOptions } from './completion.ts';
import type { OptionsSchema } from './describe.ts';
import { drawOptions } from './draw.ts';
import { evaluateOptions } from './evaluate.ts';
import { exportOptions } from './export.ts';
import { fetchOptions } from './fetch.ts';
import { importOptions } from './import.ts';
import { learnOptions } from './learn.ts';
import { modelsOptions } from './models.ts';
import { predictOptions } from './predict.ts';
import { samplesOptions } from './samples.ts';
import { schemaOptions } from './schema.ts';
import { trainOptions } from './train.ts';

interface CommandInfo {
  /** One line, for a list of commands. */
  summary: string;
  /** Complete sentences. */
  description: string;
  options: OptionsSchema;
}

const noOptions = v.object({});

/** All commands with their options, in the order of the help. */
export const COMMANDS = {
  fetch: {
    summary: 'Download a data set from NIST, or take over your own data',
    description:
      "Fetches a split of EMNIST from NIST's archive, or from another URL or zip file with the same layout. An " +
      'interrupted download is resumed the next time. With a name, takes over your own data: a folder with a folder of ' +
      'pictures for each class; a CSV, IDX, NumPy, or MATLAB file of 28x28 images; or a zip file of these.',
    options: fetchOptions,
  },
  train: {
    summary: 'Train a network on a data set',
    description:
      'Trains a network and saves it as a model, with a checkpoint after each epoch. An interrupted run can be resumed ' +
      'from its checkpoint, and ends with the same weights as if it had never stopped; options that are left out keep ' +
      'their values.',
    options: trainOptions,
  },
  learn: {
    summary: 'Learn your handwriting from the drawings that you have labeled',
    description:
      'Fine-tunes a model on your samples, while replaying general images so that it does not forget. Labels that the model ' +
      'does not know become new classes. Every fifth sample is held out to measure on. The new model is saved, and becomes ' +
      'the default, if it reads more of these and at most 0.5 points less in general.',
    options: learnOptions,
  },
  evaluate: {
    summary: 'Measure how well a model reads images it was not trained on',
    description:
      'Compares the predictions of a model with the labels of a data set, which is fetched if it is missing.',
    options: evaluateOptions,
  },
  predict: {
    summary: 'Recognize characters, words, or lines in pictures and files',
    description:
      'Recognizes the characters in pictures, IDX image files, and stroke files (.jsonl), and prints one line for each, ' +
      'in order. Can read words and lines of text instead: each line of a picture, or each drawing of a stroke file. A file ' +
      'that cannot be read is reported, and the others are still read.',
    options: predictOptions,
  },
  draw: {
    summary: 'Draw in the browser and see what is recognized',
    description: 'Serves a page to draw on, opens it in the browser, and prints what is recognized, until interrupted.',
    options: drawOptions,
  },
  samples: {
    summary: 'List, export, import, or delete the drawings that you have labeled',
    description:
      'Counts the samples of each label: the drawings that you have labeled, from which models learn your handwriting. ' +
      'They can be written to a stroke file, added from one, and deleted.',
    options: samplesOptions,
  },
  models: {
    summary: 'List, rename, annotate, or delete models, or choose the default one',
    description:
      'Lists the models with split, accuracies, and date: the latest first, unfinished ones last. The first one is used ' +
      'by default; another one can be chosen. Accuracies on test images were measured with the current weights. ' +
      'As JSON, models have their training record and history.',
    options: modelsOptions,
  },
  export: {
    summary: 'Write a model for Keras, TensorFlow.js, ONNX Runtime, or other programs',
    description: 'Writes a model in a format that other programs open, with its labels and training record.',
    options: exportOptions,
  },
  import: {
    summary: 'Import a model from Keras, TensorFlow.js, PyTorch, or ONNX',
    description:
      'Imports a model.json of TensorFlow.js, an .h5 or .keras file of Keras, an .onnx file, a .pt or .pth state dict of ' +
      'PyTorch, or a .safetensors file that was exported by emnist-tui. docs/models.md lists the layers that are ' +
      'supported. Whether the model was trained on transposed images, dark ink, or other pixel values is detected with ' +
      'test images, if a data set has been fetched.',
    options: importOptions,
  },
  clean: {
    summary: 'Delete data sets, models, and samples',
    description:
      'Shows what would be freed and, after asking, deletes it. Only files created by emnist-tui are deleted.',
    options: cleanOptions,
  },
  doctor: {
    summary: 'Check that everything works',
    description:
      'Checks Node, the engines, the folders, the data sets, the models, and the samples. Exits with 1 if one is broken.',
    options: noOptions,
  },
  schema: {
    summary: 'Print the JSON Schema of the events or options',
    description:
      'Prints the JSON Schema of every event that a command prints as JSON, or of the options of all commands.',
    options: schemaOptions,
  },
  completion: {
    summary: 'Print a completion script for a shell',
    description: 'Prints a script that completes commands, options, and values in bash, zsh, or fish.',
    options: completionOptions,
  },
} as const satisfies Record<string, CommandInfo>;

export type CommandName = keyof typeof COMMANDS;
/** The options that a command accepts. */
export type CommandOptions<Name extends CommandName> = v.InferInput<(typeof COMMANDS)[Name]['options']>;

export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];
