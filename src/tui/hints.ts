import { pid } from 'node:process';
import { DATASET_PAGE, type HintTable, NAME_RULE, PROXY_ADVICE, SHARED_HINTS } from '../app/hints.ts';
import { isSplit } from '../core/dataset/dataset-name.ts';

const TRY_AGAIN = 'press r to try again';
const OTHER_FOLDER = 'set EMNIST_TUI_HOME to a folder that you can write to, then restart';
const OTHER_ARCHIVE = 'press r, then change From, or clear it to fetch from NIST';
const RESUME_DOWNLOAD = 'press r, then Enter to resume the download';
const CHECK_CONNECTION = `check the network connection (${PROXY_ADVICE}), or press r and enter a local file in From`;
const FREE_SPACE = 'press c to free some space, then try again';
const FROM_SCRATCH = 'press r, then choose to start from scratch';
const RESTART = 'restart the app';

/** The fields of forms, by the option that they set. */
export const FIELDS: { readonly [option: string]: string } = {
  split: 'Split',
  from: 'From',
  architecture: 'Network',
  network: 'Layers',
  epochs: 'Epochs',
  resume: 'Start',
  name: 'Name',
  test: 'Test file',
  orientation: 'Stored',
  part: 'Part',
  out: 'To',
  limit: 'Limit',
  seed: 'Seed',
  batchSize: 'Batch size',
  learningRate: 'Learning rate',
  optimizer: 'Optimizer',
  schedule: 'Schedule',
  weightDecay: 'Weight decay',
  augment: 'Augment',
  balance: 'Balance',
  labelSmoothing: 'Label smoothing',
  reject: 'Reject',
  averaging: 'Averaging',
  patience: 'Patience',
  engine: 'Engine',
  threads: 'Threads',
};
const OTHER_NAME = 'choose another name';
const WAIT = 'wait for it to finish, then try again';
/** About a path that the user has entered for misread images, or another one. */
const otherPath =
  (hint: string | ((field: string | undefined) => string)) =>
  ({ option = '' }: { option?: string }) => {
    if (option === 'mistakes') return 'choose another path';
    return typeof hint === 'string' ? hint : hint(FIELDS[option]);
  };

/** What to do about each error, in the keys and fields of the app. */
export const APP_HINTS: HintTable = {
  ...SHARED_HINTS,
  'samples-full': 'press c to delete samples',
  usage: ({ option = '', expected, conflict = '' }) => {
    const fields = [option, conflict].flatMap((name) => FIELDS[name] ?? []).join(' or ');
    if (expected && fields === '') return `use ${expected}`;
    const change = `press r, then change ${fields || 'the fields'}`;
    return expected ? `${change}: use ${expected}` : change;
  },
  'source-invalid': 'press r, then enter an http or https URL, or a file, in From',
  'model-name-invalid': ({ reason }) => (reason === 'characters' ? NAME_RULE : OTHER_NAME),
  'characters-unknown': ({ source, labels }) =>
    `choose from ${labels}${source === null ? ', or press m to choose another model' : ''}`,
  'no-images': 'press r, then choose another split',
  'too-few-images': ({ minimum }) => `press r, then choose a split with at least ${minimum} training images`,
  'nothing-to-resume': FROM_SCRATCH,
  'checkpoint-differs': ({ option }) =>
    FIELDS[option] ? `press r, then change ${FIELDS[option]} back, or start from scratch` : FROM_SCRATCH,
  'training-finished': ({ epochs }) => `press r, then change Epochs to more than ${epochs}, or start from scratch`,
  'training-stopped-early': FROM_SCRATCH,
  'training-diverged': ({ operation }) => (operation === 'learn' ? 'press m to choose another model' : FROM_SCRATCH),
  'checkpoint-images-differ': `use the same data set and stroke files as before, or ${FROM_SCRATCH}`,
  'checkpoint-damaged': FROM_SCRATCH,
  'checkpoint-version': FROM_SCRATCH,
  'replay-missing': ({ labels, split }) =>
    split === null
      ? `label drawings of ${labels} too, or press m to choose another model`
      : `press f to take over ${split} again`,
  'dataset-name-invalid': ({ reason }) => (reason === 'characters' ? NAME_RULE : OTHER_NAME),
  'dataset-exists': OTHER_NAME,
  'dataset-missing': ({ split }) => `press f to fetch ${split}`,
  'dataset-unknown': ({ available }) => `press r, then choose one of ${available.join(', ')}`,
  'dataset-damaged': ({ split }) =>
    isSplit(split) ? `press f to fetch ${split} again` : `press f to take over ${split} again`,
  'dataset-folder-foreign': 'move it elsewhere, then press f to fetch again',
  'fetch-busy': WAIT,
  'archive-missing': 'press r, then change the path in From',
  'archive-not-zip': 'press r, then enter the URL or path of gzip.zip itself in From, or clear it to fetch from NIST',
  'archive-damaged': `press r, then Enter to fetch it again; if that fails, change From, or clear it to fetch from NIST`,
  'archive-invalid': OTHER_ARCHIVE,
  'archive-without-split': ({ splits }) =>
    splits.length > 0 ? `press r, then choose one of its splits: ${splits.join(', ')}` : OTHER_ARCHIVE,
  'archive-forbidden':
    'NIST blocks some programs and networks: download the file in a browser, then press r and enter its path in From',
  'archive-not-found': `NIST moves its archive from time to time: find gzip.zip at ${DATASET_PAGE}, then press r and enter its URL in From`,
  'server-failed': ({ transient }) =>
    transient ? RESUME_DOWNLOAD : 'press r, then enter another URL or a local file in From',
  'host-unreachable': CHECK_CONNECTION,
  'download-cut': RESUME_DOWNLOAD,
  'download-stalled': RESUME_DOWNLOAD,
  'download-failed': CHECK_CONNECTION,
  'model-unfinished': 'press m, then r to resume it',
  'default-model-invalid': 'press m, then u on a model to use it by default',
  'model-missing': 'press m to choose another model, or t to train one',
  'model-exists': ({ operation, resumable }) =>
    resumable && operation === 'train' ? 'resume it, or choose another name' : OTHER_NAME,
  // Nearly always because of a training run in the background.
  'model-busy': ({ process }) => (process === pid ? `press t, then x to stop it, or ${WAIT}` : WAIT),
  'labels-wrong': ({ outputs }) => labelsHint(outputs),
  'labels-unknown': ({ outputs }) => labelsHint(outputs),
  'classes-differ': 'press r, then choose another model or split',
  'recognizer-closed': 'press d to open the canvas page again',
  'run-started': TRY_AGAIN,
  'run-left': TRY_AGAIN,
  'engine-unavailable': 'install the missing packages, then restart the app',
  'engine-failed': TRY_AGAIN,
  'out-of-memory': 'close other programs, or press r, then choose a smaller network',
  'port-taken': TRY_AGAIN,
  'port-forbidden': TRY_AGAIN,
  'host-unknown': TRY_AGAIN,
  'file-not-folder': otherPath((field) =>
    field === undefined ? OTHER_FOLDER : `press r, then enter the path of a new folder in ${field}`,
  ),
  'file-is-folder': otherPath((field = FIELDS.from!) => `press r, then enter the path of a file in ${field}`),
  'file-limit': `close other programs, or ${RESTART}`,
  'system-limit': ({ limit }) =>
    limit === 'memory' ? 'close other programs, then try again' : `raise this limit, then ${RESTART}`,
  'output-failed': 'check the destination of the output: its disk may be full',
  'file-special': otherPath(OTHER_FOLDER),
  'file-exists': 'choose another path',
  'file-forbidden': otherPath(`change its permissions, or ${OTHER_FOLDER}`),
  'file-read-only': otherPath(OTHER_FOLDER),
  'folder-is-file': OTHER_FOLDER,
  'home-unknown': ({ path }) => (path === null ? OTHER_FOLDER : 'enter the full path'),
  'disk-full': ({ systemCode }) => (systemCode === 'EFBIG' ? OTHER_FOLDER : FREE_SPACE),
};

function labelsHint(outputs: number): string {
  return `enter the ${outputs} labels of the outputs in order, with commas if some have several characters`;
}
