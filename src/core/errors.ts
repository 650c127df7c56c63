import type { FileType } from './model/file-types.ts';

/** A value of an option as it can be written to JSON. */
export type OptionValue = string | number | boolean | null;

/**
 * The data of each error code: plain JSON values from which a front end phrases its hint. Options are named in
 * camelCase. The comment on a code says when it is thrown; docs/errors.md is generated from these comments.
 */
export interface ErrorData {
  /** An option or argument is missing, invalid, cannot be combined with the option `conflict`, or needs the option `requires`. */
  usage: {
    option?: string;
    value?: OptionValue;
    reason?: string;
    expected?: string;
    conflict?: string;
    requires?: string;
  };
  /** The source of an archive is neither a file nor a URL that can be fetched from. */
  'source-invalid': { source: string };
  /** A model name is invalid. `taken`: something that is not the folder of a model has it. */
  'model-name-invalid': { model: string; reason: 'characters' | 'device' | 'reserved' | 'taken' };
  /** No class of the model or data set stands for these characters. `source` is null for the model. */
  'characters-unknown': { characters: string; source: string | null; labels: string };
  /** The data set or stroke file has no image of these characters. */
  'no-images': { characters: string };
  /** A label is empty, too long, or has invisible characters. `file` and `line` are null if it is not in a stroke file. */
  'label-invalid': { file: string | null; line: number | null; label: string };
  /** A stroke file has more distinct labels than can be evaluated, or the samples would have more than can be learned. */
  'too-many-labels': { file: string; labels: number; maximum: number };
  /** No drawing in a stroke file has a label that can be used. */
  'strokes-unlabeled': { file: string };
  /** The user's samples cannot be read: a line is damaged, or a later version wrote the file, or it is foreign or too large. */
  'samples-invalid': { file: string; line: number | null; problem: 'line' | 'version' | 'foreign' | 'too-large' };
  /** There are as many samples as can be kept, or there would be. `limit`: the most samples, or the most bytes. */
  'samples-full': { file: string; limit: number; unit: 'samples' | 'bytes' };
  /** There are too few samples to learn from some and measure on the others, or none to export. */
  'samples-too-few': { samples: number; minimum: number };
  /** The model would forget labels while it learns, since nothing shows them. `split`: own data, now missing, that does. */
  'replay-missing': { model: string; labels: string; split: string | null };
  /** Fewer images are left to train on than a validation set needs. */
  'too-few-images': { images: number; minimum: number };
  /** There is no checkpoint to resume. `resumable` lists the models that have one. */
  'nothing-to-resume': { model: string; resumable: string[] };
  /** An option differs from the checkpoint that is to be resumed. Null means that it is not set. */
  'checkpoint-differs': { option: string; saved: OptionValue; given: OptionValue };
  /** The training set has changed since the checkpoint was written. */
  'checkpoint-images-differ': { model: string; saved: number; found: number };
  /** The training run to be resumed has completed all its epochs. */
  'training-finished': { epochs: number };
  /** The training run to be resumed was ended by early stopping. */
  'training-stopped-early': { patience: number };

  /** The loss or a weight is no longer a finite number. */
  'training-diverged': { epoch: number; operation: 'train' | 'learn' };
  /** A checkpoint cannot be read. */
  'checkpoint-damaged': { file: string; reason: string };
  /** A checkpoint was written by an incompatible version. */
  'checkpoint-version': { file: string };

  /** The name for own data is invalid. `taken`: something that is not a data set has it. */
  'dataset-name-invalid': { dataset: string; reason: 'characters' | 'device' | 'reserved' | 'taken' };
  /** Own data cannot be taken over; see `problem`. */
  'data-invalid': {
    source: string;
    problem:
      | 'empty'
      | 'no-classes'
      | 'one-class'
      | 'class-empty'
      | 'label-invalid'
      | 'labels-same'
      | 'labels-missing'
      | 'no-labels'
      | 'too-many-classes'
      | 'too-many-unreadable'
      | 'too-few'
      | 'too-large'
      | 'image-size'
      | 'counts-differ'
      | 'test-labels'
      | 'test-part'
      | 'ambiguous'
      | 'encoding'
      | 'damaged'
      | 'format';
  };
  /** There is already a data set of this name. */
  'dataset-exists': { dataset: string };
  /** The split has not been fetched. `reason` says why fetching it just failed, if it was tried. */
  'dataset-missing': { split: string; reason?: string };
  /** There is no data set of this name. `available` lists those that there are. */
  'dataset-unknown': { split: string; available: string[] };
  /** Files of a fetched split are missing, damaged, or changed. */
  'dataset-damaged': { split: string; reason: string };
  /** A split's folder holds something that was not fetched. `entry` is null when the folder is a file. */
  'dataset-folder-foreign': { path: string; entry: string | null };
  /** Another process is fetching into the folder. `lost` means that it took over the lock of this process. */
  'fetch-busy': { folder: string; lost: boolean } & HolderData;

  /** The local archive does not exist. */
  'archive-missing': { archive: string };
  /** The archive is not a zip file. */
  'archive-not-zip': { archive: string };
  /** The zip file is truncated or corrupt. */
  'archive-damaged': { archive: string; reason: string };
  /** The files in the archive are not EMNIST as NIST publishes it. */
  'archive-invalid': { reason: string };
  /** The archive lacks a file of the split. `splits` lists those that it has. */
  'archive-without-split': { archive: string; split: string; missing: string; splits: string[] };
  /** The archive changed on the server each time it was downloaded. */
  'archive-changing': { archive: string };
  /** The server denies access to the archive. */
  'archive-forbidden': { url: string; status: number };
  /** The server has no archive at this URL. */
  'archive-not-found': { url: string; status: number };
  /** The server answered with another HTTP error. */
  'server-failed': { url: string; status: number; transient: boolean };
  /** The server cannot be found or does not accept connections. */
  'host-unreachable': { host: string; systemCode: string };
  /** The HTTP proxy cannot be reached or refuses to connect. `variable` is the environment variable that names it. */
  'proxy-failed': { variable: string; proxy: string | null; status: number | null; systemCode: string | null };
  /** The server's certificate is not trusted. */
  'certificate-untrusted': { host: string; systemCode: string };
  /** The download was interrupted, or the archive changed during it. It can be resumed. */
  'download-cut': { url: string };
  /** The server sent nothing for a while. The download can be resumed. */
  'download-stalled': { url: string; seconds: number };
  /** The download failed for another reason. */
  'download-failed': { url: string };

  /** A file is not a valid IDX file, or not of the required kind; see `problem`. */
  'idx-invalid': {
    file: string;
    problem: 'damaged' | 'not-idx' | 'not-bytes' | 'not-images' | 'not-labels' | 'image-size';
  };
  /** An input file contains no characters. */
  'input-empty': { source: string; accepted: 'text' | 'all' };
  /** The format of an input file is not supported. */
  'input-unknown': { source: string; accepted: 'pictures' | 'text' | 'all' };
  /** A gzipped input file cannot be decompressed. */
  'input-damaged': { source: string };
  /** A picture cannot be decoded. */
  'picture-invalid': { source: string; reason: string };
  /** A picture has a format, or a variant of one, that cannot be read. `kind` names it, such as "a HEIC picture". */
  'picture-unsupported': { source: string; kind: string };
  /** A picture has too many bytes or pixels. */
  'picture-too-large': { source: string };
  /** A picture has no ink that stands out from the paper. */
  'picture-blank': { source: string };
  /** A picture has too many separate marks to be handwriting. */
  'picture-not-writing': { source: string; maximum: number };
  /** Strokes are malformed. `source` is null when they are not from a file. */
  'strokes-invalid': { source: string | null; line: number | null; problem: 'content' | 'encoding' | 'gzip' };
  /** A drawing has no strokes. */
  'drawing-empty': Record<never, never>;
  /** Pixels are not an image of 28x28 bytes. `bytes` is null when they are not bytes at all. */
  'pixels-invalid': { bytes: number | null };

  /** There is no model with this name or at this path. */
  'model-missing': { model: string };
  /** The training of a model that is to be the default is not finished. */
  'model-unfinished': { model: string };
  /** The file that names the default model cannot be read. */
  'default-model-invalid': { file: string };
  /** There is already a model of this name. `resumable`: its training run has epochs left, and can be resumed. */
  'model-exists': { model: string; operation: 'train' | 'import' | 'learn' | 'rename'; resumable: boolean };
  /** Another process is using the model. `lost` means that it took over the lock of this process. */
  'model-busy': { model: string; operation: 'write' | 'delete' | 'rename'; lost: boolean } & HolderData;
  /** A model file cannot be read. */
  'model-damaged': { file: string; reason: string };
  /** A model uses layers or settings that the engines do not support. */
  'model-unsupported': { file: string; reason: string; type?: FileType };
  /** A prior cannot be used; see `problem`. With `no-characters`, it allows none of `labels`, which can be predicted. */
  'prior-invalid': {
    file: string | null;
    problem: 'no-characters' | 'not-json' | 'not-frequencies' | 'too-large';
    labels: string | null;
  };
  /** A list of words is too large or has no word. */
  'lexicon-invalid': { file: string; problem: 'empty' | 'too-large' };
  /** A model file's list of labels does not fit its outputs. */
  'labels-wrong': { file: string; outputs: number; reason: string };
  /** A model file does not say what its outputs stand for. */
  'labels-unknown': { file: string; outputs: number };
  /** A model and a data set have no character in common. */
  'classes-differ': { modelLabels: string; dataLabels: string };
  /** The layers of a network do not fit together, or it does not end in 2 to 256 outputs. */
  'network-unsupported': { reason: string };
  /** Weights do not fit the network. */
  'weights-mismatch': Record<never, never>;
  /** The recognizer was used after it was closed. */
  'recognizer-closed': Record<never, never>;
  /** A run was iterated after it had been started. */
  'run-started': Record<never, never>;
  /** A run was awaited after its iteration had been stopped early. */
  'run-left': Record<never, never>;

  /** The engine is not installed or cannot run here. `command` installs what is missing. */
  'engine-unavailable': { engine: string; reason: string; command: string | null };
  /** A thread of the engine failed. */
  'engine-failed': Record<never, never>;
  /** The network needs more memory than the engine can have. */
  'out-of-memory': { mebibytes: number };
  /** A limit of the system on this process has been reached. */
  'system-limit': { limit: 'open-files' | 'processes' | 'virtual-memory' | 'memory' };
  /** Node was started with an option that forbids what the program needs. `grant`: the option of Node that allows it. */
  'node-restricted': { restriction: 'permission' | 'jitless'; grant: string | null; resource: string | null };
  /** The program's own files are damaged or do not work. */
  'installation-damaged': { reason: string };

  /** Another program uses the port. */
  'port-taken': { port: number };
  /** The system does not allow this user to listen on the port. */
  'port-forbidden': { port: number };
  /** The host is not an address of this machine. */
  'host-unknown': { host: string };

  /** There is no such file or folder. */
  'file-missing': FileErrorData;
  /** A folder was expected, and this is a file. */
  'file-not-folder': FileErrorData;
  /** A file was expected, and this is a folder. `pattern` matches files in it. */
  'file-is-folder': FileErrorData & { pattern?: string };
  /** A device, pipe or socket, where only a regular file can be replaced. */
  'file-special': FileErrorData;
  /** Permission to read or write was denied. */
  'file-forbidden': FileErrorData;
  /** The file system is read-only. */
  'file-read-only': FileErrorData;
  /** A file that would be replaced was not written by this program. */
  'file-foreign': FileErrorData;
  /** The file or folder already exists. */
  'file-exists': FileErrorData;
  /** Another program has the file open. */
  'file-busy': FileErrorData;
  /** Too many files are open. */
  'file-limit': FileErrorData;
  /** The path is too long for the file system. */
  'file-name-too-long': FileErrorData;
  /** Symbolic links form a loop. */
  'file-link-loop': FileErrorData;
  /** The disk is full or too small, or a quota or file-size limit is reached. `needed` and `free` are bytes, if known. */
  'disk-full': FileErrorData & { needed?: number; free?: number };
  /** The disk reported an input/output error. */
  'disk-broken': FileErrorData;
  /** A file operation failed for another reason. */
  'file-failed': FileErrorData;
  /** A folder to write to is a file. */
  'folder-is-file': { path: string };
  /** A path begins with a home folder that is not known. Null stands for the default folders. */
  'home-unknown': { path: string | null };

  /** A check of the installation found problems. */
  broken: { problems: number };
  /** Writing to standard output failed. */
  'output-failed': { reason: string };
}

/** Who holds a lock; null if unknown. `since` is ISO 8601. */
type HolderData = { host: string | null; process: number | null; since: string | null };

/** `option`: the option that named the path, in camelCase. `systemCode`: an errno code such as `ENOENT`. */
type FileErrorData = { path: string; option?: string; systemCode?: string };

export type ErrorCode = keyof ErrorData;

/**
 * A failure that the user can do something about. Anything else that is thrown is a bug in the program. Each front end
 * says what to do in its own terms: a command, a key, or a function.
 *
 * @example
 * try {
 *   await recognizer.recognizeImage('page.png');
 * } catch (error) {
 *   if (!(error instanceof EmnistError)) throw error;
 *   console.error(`${error.message} (${error.hint})`);
 * }
 */
export class EmnistError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'EmnistError';
  /** Stable and machine-readable. */
  readonly code: Code;
  /** Details of the failure, by code: plain JSON values. */
  readonly data: Readonly<ErrorData[Code]>;
  /** What to do about it, as an imperative; empty until a front end has phrased it. */
  hint = '';

  constructor(code: Code, message: string, data: ErrorData[Code], options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.data = data;
  }
}

/**
 * Whether this is an `EmnistError` and, when a code is given, one with that code.
 *
 * @example
 * if (isEmnistError(error, 'dataset-missing')) console.error(`${error.data.split} has not been fetched`);
 */
export function isEmnistError<Code extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: Code,
): error is EmnistError<Code> {
  return error instanceof EmnistError && (code === undefined || error.code === code);
}

/** An option in camelCase as words: `batchSize` is `batch size`. */
export function optionWords(option: string): string {
  return option.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}

/**
 * The error for an option, named in camelCase, with an invalid value. `expected`: `a whole number from 1 to 8`. `shown`: the
 * value as text, where `String` is of no use.
 */
export function invalidOption(
  option: string,
  value: unknown,
  expected: string,
  details: { reason?: string; shown?: string } & ErrorOptions = {},
): EmnistError<'usage'> {
  const { reason, shown = typeof value === 'string' ? JSON.stringify(value) : String(value), ...options } = details;
  const why = reason === undefined ? '' : ` (${reason})`;
  return new EmnistError(
    'usage',
    `invalid ${optionWords(option)}: ${shown}${why}`,
    {
      option,
      ...(value !== undefined && { value: typeof value === 'object' && value ? shown : optionValue(value) }),
      ...(reason !== undefined && { reason }),
      expected,
    },
    options,
  );
}

function optionValue(value: unknown): OptionValue {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : String(value);
}

/** The message of anything that was thrown, without a stack trace. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
