import { DATASET_PAGE, type HintTable, NAME_RULE, PROXY_ADVICE, RAISE_FILE_SIZE, SHARED_HINTS } from '../app/hints.ts';
import { isSplit } from '../core/dataset/dataset-name.ts';

const OTHER_FOLDER = 'pass another folder as `dataDir`';
const OTHER_ARCHIVE = 'pass another archive as `from`, or omit it to fetch from NIST';
const RESUME_DOWNLOAD = 'call fetchDatasets() again to resume the download';
const CHECK_CONNECTION = `check the URL and the network connection (${PROXY_ADVICE}), or pass a local file as \`from\``;
const FROM_SCRATCH = 'train from scratch with `overwrite` instead of `resume`';
const OTHER_NAME = 'pass another `name`';

/** What to do about each error, in the functions and options of the library. */
export const LIBRARY_HINTS: HintTable = {
  ...SHARED_HINTS,
  'samples-full': 'add fewer samples, or remove some with removeSample()',
  usage: ({ option, expected, conflict, requires }) => {
    if (requires) return `pass \`${requires}\` too`;
    if (option && conflict) return `omit \`${option}\` or \`${conflict}\``;
    if (!expected) return 'see the documentation of the function';
    return option ? `pass ${expected} as \`${option}\`` : `pass ${expected}`;
  },
  'source-invalid': 'pass an http or https URL, or a file, as `from`',
  'model-name-invalid': ({ reason }) => (reason === 'characters' ? NAME_RULE : OTHER_NAME),
  'characters-unknown': ({ source, labels }) =>
    `pass \`characters\` from ${labels}${source === null ? ', or another `model`' : ''}`,
  'no-images': 'pass other `characters`',
  'too-few-images': ({ minimum }) => `use at least ${minimum}: omit or raise \`limit\`, or choose a larger data set`,
  'nothing-to-resume': ({ resumable }) =>
    resumable.length > 0
      ? `pass the \`name\` of a model that can be resumed: ${resumable.join(', ')}`
      : 'train without `resume`',
  'checkpoint-differs': ({ option }) => `omit \`${option}\` to resume, or ${FROM_SCRATCH}`,
  'training-finished': ({ epochs }) => `pass more than ${epochs} \`epochs\`, or ${FROM_SCRATCH}`,
  'training-stopped-early': `${FROM_SCRATCH}, and a higher \`patience\``,
  'training-diverged': ({ operation }) =>
    operation === 'learn' ? 'pass another model as `from`' : 'pass a lower `learningRate`; the last checkpoint is kept',
  'checkpoint-damaged': FROM_SCRATCH,
  'checkpoint-version': FROM_SCRATCH,
  'dataset-name-invalid': ({ reason }) => (reason === 'characters' ? NAME_RULE : OTHER_NAME),
  'dataset-exists': 'pass another `name`, or `overwrite: true` to replace it',
  'dataset-missing': ({ split }) => `call fetchDatasets({ splits: ['${split}'] })`,
  'dataset-unknown': ({ split, available }) =>
    `pass one of ${available.join(', ')}, or take over your own data with fetchDatasets({ from, name: '${split}' })`,
  'dataset-damaged': ({ split }) =>
    isSplit(split)
      ? `call fetchDatasets({ splits: ['${split}'] }) again`
      : `take it over again with fetchDatasets({ from, name: '${split}', overwrite: true })`,
  'dataset-folder-foreign': 'move it elsewhere, then call fetchDatasets() again',
  'fetch-busy': ({ lost }) => (lost ? 'call fetchDatasets() again' : 'wait for it to finish, or stop it'),
  'archive-missing': 'check the path passed as `from`',
  'archive-not-zip': 'pass the URL or path of gzip.zip itself as `from`, or omit it to fetch from NIST',
  'archive-changing': 'pass `whole: true` to download the whole archive, or try again later',
  'archive-damaged': `call fetchDatasets() again, or ${OTHER_ARCHIVE}`,
  'archive-invalid': OTHER_ARCHIVE,
  'archive-without-split': ({ splits }) =>
    splits.length > 0 ? `pass \`splits\` that it has: ${splits.join(', ')}` : OTHER_ARCHIVE,
  'archive-forbidden':
    'NIST blocks some programs and networks: download the file in a browser, then pass its path as `from`',
  'archive-not-found': `NIST moves its archive from time to time: find gzip.zip at ${DATASET_PAGE}, then pass its URL as \`from\``,
  'server-failed': ({ transient }) => (transient ? RESUME_DOWNLOAD : 'pass another URL or a local file as `from`'),
  'host-unreachable': CHECK_CONNECTION,
  'download-cut': RESUME_DOWNLOAD,
  'download-stalled': RESUME_DOWNLOAD,
  'download-failed': CHECK_CONNECTION,
  'model-unfinished': ({ model }) => `call train({ name: '${model}', resume: true }) to finish it`,
  'default-model-invalid': 'call chooseDefaultModel() to choose a model',
  'model-missing': 'call listModels() to list the models, or train() to train one',
  'replay-missing': ({ labels, split }) =>
    split === null
      ? `add samples of ${labels}, or pass another model as \`from\``
      : `take over the data that the model was trained on with fetchDatasets({ from, name: '${split}' })`,
  'model-exists': ({ operation, resumable }) =>
    operation === 'rename'
      ? 'choose another name'
      : `pass ${resumable && operation === 'train' ? '`resume: true` to continue it' : 'another `name`'}, or \`overwrite: true\` to replace it`,
  'model-busy': ({ operation, lost }) => {
    if (lost) return 'pass another `name`, or wait for it to finish and try again';
    return operation === 'write'
      ? 'wait for it to finish, stop it, or pass another `name`'
      : 'wait for it to finish, or stop it';
  },
  'labels-wrong': ({ outputs }) => labelsHint(outputs),
  'labels-unknown': ({ outputs }) => labelsHint(outputs),
  'classes-differ': 'pass another `model` or `split`',
  'recognizer-closed': 'call loadRecognizer() again',
  'run-started': 'iterate the run only once, and before awaiting it',
  'run-left': 'iterate the run to its end, or await it without iterating',
  'engine-unavailable': "install the missing packages, or pass `engine: 'wasm'`",
  'engine-failed': 'pass `threads: 1`',
  'out-of-memory': 'pass a smaller `batchSize`',
  'port-taken': 'pass another `port`, or omit it',
  'port-forbidden': 'pass a `port` of 1024 or higher, or omit it',
  'host-unknown': 'pass an address of this machine as `host`, or omit it',
  'file-not-folder': 'pass the path of a folder',
  'file-is-folder': 'pass the path of a file',
  'file-special': 'pass the path of a file',
  'file-exists': 'pass another path',
  'file-forbidden': `change its permissions, or ${OTHER_FOLDER}`,
  'file-read-only': OTHER_FOLDER,
  'folder-is-file': OTHER_FOLDER,
  'home-unknown': ({ path }) =>
    path === null ? 'pass a folder as `dataDir`, or set EMNIST_TUI_HOME' : 'pass the full path',
  'disk-full': ({ systemCode }) => (systemCode === 'EFBIG' ? RAISE_FILE_SIZE : 'free some space, then try again'),
};

function labelsHint(outputs: number): string {
  return `pass the ${outputs} labels as \`labels\`, in the order of the outputs, with commas if some have several characters`;
}
