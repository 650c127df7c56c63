import { type EmnistError, type ErrorCode, type ErrorData, isEmnistError } from '../core/errors.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from '../core/images/image-size.ts';
import { MAX_LABEL_CHARACTERS } from '../core/label-text.ts';
import type { FileType } from '../core/model/file-types.ts';

/** What to do about each error, as an imperative in the terms of one front end. */
export type HintTable = { readonly [Code in ErrorCode]: Hint<Code> };
type Hint<Code extends ErrorCode> = string | ((data: Readonly<ErrorData[Code]>) => string);

/** The hint for an error. If the error wraps the one that caused it, the hint includes that one's hint. */
export function hintFor(table: HintTable, error: EmnistError): string {
  const hint = table[error.code] as Hint<ErrorCode>;
  const text = typeof hint === 'string' ? hint : hint(error.data);
  if (!isEmnistError(error, 'dataset-missing') || !isEmnistError(error.cause)) return text;
  return `${text}; ${hintFor(table, error.cause)}`;
}

/** The page on which NIST links its archive. */
export const DATASET_PAGE = 'https://www.nist.gov/itl/products-and-services/emnist-dataset';

const TRY_AGAIN_LATER = 'try again later';
const NEW_COPY = 'get a new copy of the file';
/** What to do where a file exceeds the limit on the size of files. */
export const RAISE_FILE_SIZE = 'raise the limit on the size of files ("ulimit -f"), then try again';
const CHECK_DISK = 'check the disk, then try again';
const SMALLER_PICTURE = 'scale the picture down, or crop it to the writing';
const DATA_FORMATS =
  'use a folder with a folder of pictures for each class, a CSV file of labels and pixels, or IDX, NumPy, or MATLAB files';
const INPUT_FORMATS = 'use pictures (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF), IDX image files, or stroke files (.jsonl)';
const TEXT_FORMATS = 'use pictures of words or lines (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF), or stroke files (.jsonl)';
const ACCEPTED_FORMATS = { pictures: 'save it as PNG or JPEG', text: TEXT_FORMATS, all: INPUT_FORMATS } as const;

/** How to connect through a proxy, for hints of network errors. */
export const PROXY_ADVICE = 'if there is a proxy, set HTTPS_PROXY, or HTTP_PROXY for http URLs';
/** Certificates that are wrong only by the clock. */
const OUTDATED = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** Hints for every front end: they name no command, key, or function. */
export const SHARED_HINTS = {
  'label-invalid': `label the drawing with 1 to ${MAX_LABEL_CHARACTERS} visible characters`,
  'too-many-labels': ({ maximum }) => `use at most ${maximum} distinct labels`,
  'prior-invalid': ({ labels }) =>
    labels === null
      ? 'write a JSON object of frequencies by character, such as {"Y": 3, "N": 1}'
      : `use a prior that gives at least one of ${labels} a frequency above 0`,
  'lexicon-invalid': ({ problem }) =>
    ({
      empty: 'put one word on each line, in the letters A to Z, with its count after a tab if you know it',
      'too-large': 'remove rare words from it',
    })[problem],
  'samples-invalid': ({ file, line, problem }) =>
    ({
      line: `correct or remove line ${line} of ${file}`,
      version: 'update emnist-tui',
      foreign: 'move it to another folder',
      'too-large': 'remove lines from it, or move it to another folder',
    })[problem],
  'samples-too-few': ({ samples, minimum }) => {
    const missing = minimum - samples;
    return `label at least ${missing}${samples === 0 ? '' : ' more'} ${missing === 1 ? 'drawing' : 'drawings'} on the canvas page`;
  },
  'strokes-unlabeled': 'give each drawing a "label" next to its "strokes"',
  'checkpoint-images-differ': 'use the same data set and stroke files as before, or train from scratch',
  'archive-changing': TRY_AGAIN_LATER,
  'proxy-failed': ({ variable, status }) =>
    status === 407
      ? `put the user name and password for the proxy into ${variable}, as in http://name:password@proxy:3128`
      : `check ${variable}, or list the host in NO_PROXY to connect without it`,
  'certificate-untrusted': ({ systemCode }) =>
    OUTDATED.has(systemCode)
      ? 'check the date and time of this machine'
      : 'if your network inspects connections, set NODE_EXTRA_CA_CERTS to the file with its certificate, or NODE_USE_SYSTEM_CA=1 to trust those of the system',
  'data-invalid': ({ problem }) =>
    ({
      empty: DATA_FORMATS,
      'no-classes': 'put the pictures of each class into a folder with its label as the name',
      'one-class': 'add the images of at least one other class',
      'class-empty': 'add pictures to it, or remove the folder',
      'label-invalid': 'use labels of 1 to 8 characters',
      'labels-same': 'move the pictures into one of them',
      'labels-missing': 'put both files, of images and of labels, into the same folder',
      'no-labels': 'use the file with labels, such as train.csv',
      'too-many-classes': 'use at most 256 classes',
      'too-many-unreadable': 'repair or remove them',
      'too-few': 'use at least two images of a class',
      'too-large': 'use fewer images',
      'image-size': `scale the images to ${IMAGE_SIZE}x${IMAGE_SIZE} pixels, or use a folder of pictures of any size`,
      'counts-differ': 'use files that belong together',
      'test-labels': 'use the same classes in both parts',
      'test-part': 'omit the separate test part',
      ambiguous: 'choose one of them',
      encoding: 'save it as UTF-8',
      damaged: NEW_COPY,
      format: DATA_FORMATS,
    })[problem],
  'idx-invalid': ({ problem }) =>
    ({
      damaged: NEW_COPY,
      'not-idx': 'use an IDX file, plain or gzipped',
      'not-bytes': 'use an IDX file of unsigned bytes, like those of EMNIST',
      'not-images': 'use a file of images (…-images-idx3-ubyte)',
      'not-labels': 'use a file of labels (…-labels-idx1-ubyte)',
      'image-size': `use images of ${IMAGE_SIZE}x${IMAGE_SIZE} pixels`,
    })[problem],
  'input-empty': ({ accepted }) => ACCEPTED_FORMATS[accepted],
  'input-unknown': ({ accepted }) => ACCEPTED_FORMATS[accepted],
  'input-damaged': NEW_COPY,
  'picture-invalid': 'save it again as PNG or JPEG',
  'file-foreign': 'choose another folder, or move the file away',
  'picture-unsupported': 'convert it to JPEG or PNG',
  'picture-too-large': SMALLER_PICTURE,
  'picture-blank': 'write darker or larger',
  'picture-not-writing': 'crop the picture to the writing, on plain paper',
  'strokes-invalid': ({ source, problem }) =>
    ({
      content:
        source === null
          ? 'use a list of strokes, each a list of points, such as [[[0, 0], [10, 20]], [[5, 5]]]'
          : 'write one drawing per line, such as {"strokes":[[[0,0],[10,20]],[[5,5]]]}',
      encoding: 'save it as UTF-8 (PowerShell: Out-File -Encoding utf8)',
      gzip: NEW_COPY,
    })[problem],
  'drawing-empty': 'draw a letter or a digit',
  'pixels-invalid': `use ${IMAGE_PIXELS} bytes: ${IMAGE_SIZE} rows of ${IMAGE_SIZE} pixels, ink 255 on paper 0`,
  'model-damaged': 'get a new copy of the model, or use another one',
  'model-unsupported': ({ type }) => unsupportedHint(type),
  'network-unsupported': 'use layers that fit together, the last with 2 to 256 outputs',
  'weights-mismatch': 'use weights that were trained with this architecture and number of classes',
  'system-limit': ({ limit }) =>
    ({
      'open-files': 'raise the limit on open files ("ulimit -n"), then try again',
      processes: 'close other programs or raise the limit on processes ("ulimit -u"), then try again',
      'virtual-memory': 'raise the limit on virtual memory ("ulimit -v"), then try again',
      memory: 'close other programs, then try again',
    })[limit],
  'node-restricted': ({ restriction }) =>
    restriction === 'jitless'
      ? 'start Node without this option'
      : 'grant it, or start Node without its permission model',
  'installation-damaged': 'reinstall emnist-tui',
  'file-missing': ({ path }) => (path === '.' ? 'change to another folder' : 'check the path'),
  'file-busy': 'close the program that has it open (a virus scanner closes it after a moment), then try again',
  'file-limit': 'close other programs or raise the limit ("ulimit -n"), then try again',
  'file-name-too-long': 'use a shorter path',
  'file-link-loop': 'fix the symbolic links',
  'disk-broken': CHECK_DISK,
  'file-failed': CHECK_DISK,
  broken: 'fix the problems listed above',
  'output-failed': ({ reason }) =>
    reason === 'EFBIG' ? RAISE_FILE_SIZE : 'check the destination of the output: its disk may be full',
} satisfies Partial<HintTable>;

/** How a model or a data set may be named. */
export const NAME_RULE =
  'use up to 64 letters, digits, ".", "_", and "-", beginning with a letter or digit and not ending with "."';

/** What to do about a model that cannot be imported, by the type of its file. */
export function unsupportedHint(type?: FileType): string {
  return type === undefined ? SUPPORTED_MODELS : FILE_TYPE_HINTS[type];
}

const SUPPORTED_MODELS =
  'use a model with one input and one output, made of convolutions, pooling, dense layers, and what docs/models.md lists';
const DOWNLOAD_AGAIN = 'download it again';
const STATE_DICT = 'in Python: torch.save(model.state_dict(), "model.pth"), or export it with torch.onnx.export';
const KEEP_WHOLE = 'in Python, load it with the code that made it, and save the whole model: model.save("model.keras")';

const FILE_TYPE_HINTS: Readonly<Record<FileType, string>> = {
  empty: DOWNLOAD_AGAIN,
  'cut-off': DOWNLOAD_AGAIN,
  'git-lfs': 'run "git lfs pull" in its repository, or download the file from the web page of the repository',
  html: 'download the file itself; on GitHub, use "Download raw file"',
  'saved-model': 'convert it to ONNX: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx',
  'graph-model':
    'convert the original as a layers model (tensorflowjs_converter --output_format tfjs_layers_model), or this one to ONNX (python -m tf2onnx.convert --tfjs model.json --output model.onnx)',
  'tensorflow-graph': 'convert it to ONNX with tf2onnx',
  checkpoint: KEEP_WHOLE,
  'layers-only': 'put the file with the weights beside it, or save the whole model: model.save("model.keras")',
  'weights-only': 'save the whole model, or export it to ONNX',
  tflite:
    'use the model that it was made from, or convert it to ONNX: python -m tf2onnx.convert --tflite model.tflite --output model.onnx',
  torchscript:
    'in Python: torch.save(torch.jit.load("FILE").state_dict(), "model.pth"), or export it with torch.onnx.export',
  'torch-objects': STATE_DICT,
  'torch-legacy': 'save it again with a newer PyTorch: torch.save(torch.load("FILE", map_location="cpu"), "model.pth")',
  'torch-other': STATE_DICT,
  pickle:
    'export the model with the program that made it: scikit-learn to ONNX with skl2onnx, PyTorch with torch.onnx.export',
  numpy: 'import the whole model, not an array',
  'numpy-archive': 'import the whole model, not its arrays',
  coreml: 'use the model that it was made from',
  zip: 'unpack it, and import the model in it',
  folder: 'name the file to import',
  unknown: 'see docs/models.md for the files that can be imported',
};
