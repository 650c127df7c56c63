import {
  DATASET_PAGE,
  type HintTable,
  hintFor,
  NAME_RULE,
  PROXY_ADVICE,
  RAISE_FILE_SIZE,
  SHARED_HINTS,
  unsupportedHint,
} from '../app/hints.ts';
import { COMMANDS } from '../app/options/commands.ts';
import { LEXICONS } from '../app/options/shared.ts';
import { isSplit } from '../core/dataset/dataset-name.ts';
import type { EmnistError } from '../core/errors.ts';
import { NAMED_PRIORS } from '../core/recognizer/character-prior.ts';
import { argumentText, commandLineOptions, flagName } from './option-flags.ts';

const RUN_AGAIN = 'run the same command again';
const FETCH_AGAIN = 'run "emnist-tui fetch" again';
const OTHER_FOLDER = 'choose another folder with --data-dir';
const OTHER_ARCHIVE = 'pass another archive with --from, or omit it to fetch from NIST';
const RESUME_DOWNLOAD = 'run the same command again to resume the download';
const CHECK_CONNECTION = `check the URL and the network connection (${PROXY_ADVICE}), or pass a local file with --from`;
const FREE_SPACE = 'free some space ("emnist-tui clean" helps), then try again';
const FROM_SCRATCH = 'train from scratch with --overwrite instead of --resume';
const OTHER_NAME = 'choose another name with --name';

/** An option, in camelCase, as the command line names it: `batchSize` is `--batch-size`. */
export function flagOf(option: string): string {
  const commands = Object.values(COMMANDS);
  const positional = commands
    .flatMap(({ options }) => commandLineOptions(options))
    .find((described) => described.name === option && described.positional);
  if (positional) return argumentText(positional);
  // The library takes a list of splits, the command line one.
  return flagName({ name: option === 'splits' ? 'split' : option, default: undefined });
}

/** What to do about each error, in commands and flags. */
export const CLI_HINTS: HintTable = {
  ...SHARED_HINTS,
  'samples-full': 'add fewer samples, or delete some with "emnist-tui samples --delete LABEL"',
  'model-unsupported': ({ type }) =>
    type === 'weights-only'
      ? 'give its layers with --network: a JSON file, or a model that has the same'
      : unsupportedHint(type),
  usage: ({ option, value, expected, conflict, requires }) => {
    if (conflict) return 'omit one of them';
    if (requires) return `add ${flagOf(requires)}`;
    if (option === 'name' && value === undefined) return 'choose one with --name';
    if (option === 'from' && value === undefined && expected) return `pass ${expected} with --from`;
    return expected ? `use ${expected}` : 'run "emnist-tui --help" for usage';
  },
  'source-invalid': 'pass an http or https URL, or a file, with --from',
  'model-name-invalid': ({ reason }) => (reason === 'characters' ? NAME_RULE : 'choose another name'),
  'characters-unknown': ({ source, labels }) =>
    `choose from ${labels} with --characters${source === null ? ', or another model with --model' : ''}`,
  'no-images': 'choose other characters with --characters',
  'too-few-images': ({ minimum }) => `use at least ${minimum}: omit or raise --limit, or choose a larger data set`,
  'nothing-to-resume': ({ resumable }) =>
    resumable.length > 0
      ? `choose a model that can be resumed with --name: ${resumable.join(', ')}`
      : 'run the same command without --resume',
  'checkpoint-differs': ({ option }) => `omit ${flagOf(option)} to resume, or ${FROM_SCRATCH}`,
  'training-finished': ({ epochs }) => `train longer with --epochs ${epochs + 5}, or ${FROM_SCRATCH}`,
  'training-stopped-early': `${FROM_SCRATCH}, and a higher --patience`,
  'training-diverged': ({ operation }) =>
    operation === 'learn'
      ? 'start from another model with --from'
      : 'train with a lower --learning-rate; the last checkpoint is kept',
  'checkpoint-damaged': FROM_SCRATCH,
  'checkpoint-version': FROM_SCRATCH,
  'dataset-name-invalid': ({ reason }) => (reason === 'characters' ? NAME_RULE : OTHER_NAME),
  'dataset-exists': `${OTHER_NAME}, or replace it with --overwrite`,
  'dataset-missing': ({ split }) => `run "emnist-tui fetch --split ${split}"`,
  'dataset-unknown': ({ split, available }) =>
    `choose one of ${available.join(', ')}, or take over your own data with "emnist-tui fetch --from FOLDER --name ${split}"`,
  'dataset-damaged': ({ split }) =>
    isSplit(split)
      ? `run "emnist-tui fetch --split ${split}" again`
      : `take it over again with "emnist-tui fetch --from FOLDER --name ${split} --overwrite"`,
  'dataset-folder-foreign': `move it elsewhere, then ${FETCH_AGAIN}`,
  'fetch-busy': ({ lost }) => (lost ? FETCH_AGAIN : 'wait for it to finish, or stop it'),
  'archive-missing': 'check the path passed with --from',
  'archive-not-zip': 'pass the URL or path of gzip.zip itself with --from, or omit it to fetch from NIST',
  'archive-changing': 'download the whole archive with --whole, or try again later',
  'archive-damaged': ({ archive }) =>
    isUrl(archive)
      ? `${FETCH_AGAIN}, download the whole archive with --whole, or pass another one with --from`
      : 'get a new copy of the file, or omit --from to fetch from NIST',
  'archive-invalid': OTHER_ARCHIVE,
  'archive-without-split': ({ splits }) =>
    splits.length > 0
      ? `choose one of its splits with --split: ${splits.join(', ')}`
      : `${OTHER_ARCHIVE}; if it is your own data, name it with --name`,
  'archive-forbidden':
    'NIST blocks some programs and networks: download the file in a browser, then run "emnist-tui fetch --from FILE"',
  'archive-not-found': `NIST moves its archive from time to time: find gzip.zip at ${DATASET_PAGE}, then run "emnist-tui fetch --from URL"`,
  'server-failed': ({ transient }) => (transient ? RESUME_DOWNLOAD : 'pass another URL or a local file with --from'),
  'host-unreachable': CHECK_CONNECTION,
  'download-cut': RESUME_DOWNLOAD,
  'download-stalled': `${RESUME_DOWNLOAD}, or with --whole to send a single request`,
  'download-failed': CHECK_CONNECTION,
  'model-unfinished': ({ model }) => `run "emnist-tui train --resume --name ${model}" to finish it`,
  'default-model-invalid': 'choose a model with "emnist-tui models --use"',
  'model-missing': 'run "emnist-tui models" to list the models, or "emnist-tui train" to train one',
  'replay-missing': ({ labels, split }) =>
    split === null
      ? `label drawings of ${labels} too, or start from another model with --from`
      : `run "emnist-tui fetch --from … --name ${split}" with the data that the model was trained on`,
  'model-exists': ({ operation, resumable }) =>
    operation === 'rename'
      ? 'choose another name with --to'
      : `${resumable && operation === 'train' ? 'continue it with --resume' : OTHER_NAME}, or replace it with --overwrite`,
  'model-busy': ({ operation, lost }) => {
    if (lost) return `${OTHER_NAME}, or wait for it to finish and run the same command again`;
    return operation === 'write'
      ? `wait for it to finish, stop it, or ${OTHER_NAME}`
      : 'wait for it to finish, or stop it';
  },
  'labels-wrong': ({ outputs }) => labelsHint(outputs),
  'labels-unknown': ({ outputs }) => labelsHint(outputs),
  'classes-differ': 'choose another --model or --split',
  'recognizer-closed': RUN_AGAIN,
  'run-started': RUN_AGAIN,
  'run-left': RUN_AGAIN,
  'engine-unavailable': ({ command }) => (command ? `run ${command}` : 'use --engine wasm'),
  'engine-failed': 'try again with --threads 1',
  'out-of-memory': 'use a smaller --batch-size',
  'port-taken': 'choose another port with --port, or omit it',
  'port-forbidden': 'choose port 1024 or higher with --port, or omit it',
  'host-unknown': 'omit --host to draw on this machine, or use --host 0.0.0.0 to draw on others in your network',
  'file-not-folder': ({ option, systemCode }) => {
    if (option === undefined) return OTHER_FOLDER;
    return systemCode === undefined ? `pass the path of a folder with ${flagOf(option)}` : 'check the path';
  },
  'file-missing': (data) => {
    const hint = SHARED_HINTS['file-missing'](data);
    if (data.option === 'lexicon') return `${hint}, or use ${LEXICONS.join(' or ')}`;
    return data.option === 'prior' ? `${hint}, or use ${NAMED_PRIORS.join(' or ')}` : hint;
  },
  'file-is-folder': ({ option, pattern }) => {
    if (pattern) return `pass the files in it, such as ${pattern}`;
    return `pass the path of a file${option ? ` with ${flagOf(option)}` : ''}`;
  },
  'file-special': ({ option }) => `pass the path of a file${option ? ` with ${flagOf(option)}` : ''}`,
  'file-exists': ({ option }) => `choose another ${option ? flagOf(option) : 'path'}, or replace it with --force`,
  'file-forbidden': ({ option }) =>
    option === undefined || option === 'out' || option === 'mistakes'
      ? `${elsewhere(option)}, or change its permissions`
      : 'change its permissions',
  'file-read-only': ({ option }) => elsewhere(option),
  'folder-is-file': OTHER_FOLDER,
  'home-unknown': ({ path }) =>
    path === null ? 'choose a folder with --data-dir or EMNIST_TUI_HOME' : 'write the full path',
  'disk-full': ({ option, systemCode, needed }) => {
    if (systemCode === 'EFBIG') return RAISE_FILE_SIZE;
    if (option) return `free some space, or ${elsewhere(option)}`;
    return needed === undefined ? FREE_SPACE : `${FREE_SPACE}, or ${OTHER_FOLDER}`;
  },
};

/** All codes of errors that the command line prints. `internal` is a bug, `interrupted` a signal. */
export const ERROR_CODES = [...Object.keys(CLI_HINTS), 'internal', 'interrupted'].sort();

/** What to do about an error. Errors of the command line itself may already have a hint. */
export function hintOf(error: EmnistError): string {
  return error.hint || hintFor(CLI_HINTS, error);
}

/** Where else to write: `option` chose the path; without it, it is in the data folder. */
function elsewhere(option: string | undefined): string {
  return option ? `choose another ${flagOf(option)}` : OTHER_FOLDER;
}

function isUrl(archive: string): boolean {
  return /^https?:/.test(archive);
}

function labelsHint(outputs: number): string {
  return `pass the ${outputs} labels with --labels, in the order of the outputs, with commas if some have several characters`;
}
