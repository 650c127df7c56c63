/** Files that are not models that can be imported, and what they are; the argument is a detail. */
export const FILE_TYPES = {
  empty: () => 'it is empty',
  'cut-off': (what: string) => `it is ${what} that is truncated`,
  'git-lfs': () => 'it is a Git LFS pointer, which stands for a model that was not downloaded',
  html: () => 'it is a web page',
  'saved-model': () => 'it is a TensorFlow SavedModel',
  'graph-model': () => 'it is a TensorFlow.js graph model, which has operations instead of layers',
  'tensorflow-graph': () => 'it is a TensorFlow graph',
  checkpoint: () => 'it is a TensorFlow checkpoint, which has weights but no layers',
  'layers-only': (weights: string) =>
    `it has only the layers of a model; its weights (such as ${weights}) must be in the same folder`,
  'weights-only': (why: string) => `it has weights, and ${why || 'does not say to which layers they belong'}`,
  tflite: () => 'it is a TensorFlow Lite model',
  torchscript: () => 'it is a TorchScript program',
  'torch-objects': (type: string) => `it contains a Python object, ${type}, so it is not just a state dict`,
  'torch-legacy': () => 'it was saved by PyTorch before 1.6, or in its old format',
  'torch-other': () => 'it was saved by PyTorch and contains no state dict',
  pickle: (type: string) => `it is a Python pickle${type && ` of ${type}`}`,
  numpy: () => 'it is a NumPy array',
  'numpy-archive': () => 'it is an archive of NumPy arrays',
  coreml: () => 'it is a Core ML model',
  zip: (members: string) => `it is a zip archive of ${members}`,
  folder: (files: string) => `it is a folder ${files}`,
  unknown: () => 'it is not a model.json, .h5, .keras, .onnx, .safetensors, .pt, or .pth file',
} as const satisfies Readonly<Record<string, (detail: string) => string>>;

export type FileType = keyof typeof FILE_TYPES;
