import { DATASET_PAGE, type HintTable, MODEL_NAME_RULE, PROXY_ADVICE, SHARED_HINTS } from '../app/hints.ts';
import { optionWords } from '../core/errors.ts';

const TRY_AGAIN = 'press r to try again';
const OTHER_FOLDER = 'set EMNIST_TUI_HOME to a folder that you can write to, then restart';
const OTHER_ARCHIVE = 'press r, then change From, or clear it to fetch from NIST';
const RESUME_DOWNLOAD = 'press r, then Enter to resume the download';
const CHECK_CONNECTION = `check the network connection (${PROXY_ADVICE}), or press r and enter a local file in From`;
const FREE_SPACE = 'press c to free some space, then try again';
const FROM_SCRATCH = 'press r, then choose to train from scratch';
const OTHER_NAME = 'choose another name';
const WAIT = 'wait for it to finish, then try again';

/** What to do about each error, in the keys and fields of the app. */
export const APP_HINTS: HintTable = {
  ...SHARED_HINTS,
  usage: ({ option, expected, conflict }) => {
    if (option && conflict) return `clear ${fieldOf(option)} or ${fieldOf(conflict)}`;
    const change = option ? `change ${fieldOf(option)}` : 'change the fields';
    return expected ? `${change}: use ${expected}` : change;
  },
  'source-invalid': 'press r, then enter an http or https URL, or a file, in From',
  'model-name-invalid': ({ reason }) => (reason === 'characters' ? MODEL_NAME_RULE : OTHER_NAME),
  'characters-unknown': ({ source, labels }) =>
    `choose from ${labels}${source === null ? ', or press m to choose another model' : ''}`,
  'no-images': 'choose other characters',
  'too-few-images': ({ minimum }) => `train on at least ${minimum} images`,
  'nothing-to-resume': FROM_SCRATCH,
  'checkpoint-differs': ({ option }) => `change ${fieldOf(option)} back to resume, or train from scratch`,
  'training-finished': ({ epochs }) => `change Epochs to more than ${epochs}, or train from scratch`,
  'training-stopped-early': FROM_SCRATCH,
  'training-diverged': 'use a lower learning rate; the last checkpoint is kept',
  'checkpoint-damaged': FROM_SCRATCH,
  'checkpoint-version': FROM_SCRATCH,
  'dataset-missing': ({ split }) => `press f to fetch ${split}`,
  'dataset-damaged': ({ split }) => `press f to fetch ${split} again`,
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
  'model-missing': 'press m to choose another model, or t to train one',
  'model-exists': ({ operation, resumable }) =>
    resumable && operation === 'train' ? 'resume it, or choose another name' : OTHER_NAME,
  'model-busy': WAIT,
  'labels-wrong': ({ outputs }) => labelsHint(outputs),
  'labels-unknown': ({ outputs }) => labelsHint(outputs),
  'classes-differ': 'choose another model or split',
  'recognizer-closed': 'press d to open the canvas page again',
  'run-started': TRY_AGAIN,
  'run-left': TRY_AGAIN,
  'engine-unavailable': 'install the missing packages, or use the WebAssembly engine',
  'engine-failed': TRY_AGAIN,
  'out-of-memory': 'use a smaller batch size',
  'port-taken': 'use another port',
  'port-forbidden': 'use port 1024 or higher',
  'host-unknown': 'use an address of this machine',
  'file-not-folder': OTHER_FOLDER,
  'file-is-folder': 'enter the path of a file',
  'file-exists': 'choose another path',
  'file-forbidden': `change its permissions, or ${OTHER_FOLDER}`,
  'file-read-only': OTHER_FOLDER,
  'folder-is-file': OTHER_FOLDER,
  'home-unknown': ({ path }) => (path === null ? OTHER_FOLDER : 'enter the full path'),
  'disk-full': FREE_SPACE,
};

/** The field of a form that an option, in camelCase, is set with: `batchSize` is `Batch size`. */
function fieldOf(option: string): string {
  const words = optionWords(option);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function labelsHint(outputs: number): string {
  return `enter the ${outputs} characters of the outputs, in order`;
}
