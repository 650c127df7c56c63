/** The formats of export. */
export type ModelFormat = 'tfjs' | 'keras' | 'h5' | 'onnx' | 'safetensors';

/** File name suffixes of the formats; `tfjs` is a folder. */
export const FORMAT_SUFFIXES: Readonly<Record<ModelFormat, string>> = {
  tfjs: '-tfjs',
  keras: '.keras',
  h5: '.h5',
  onnx: '.onnx',
  safetensors: '.safetensors',
};
export const MODEL_FORMATS = Object.keys(FORMAT_SUFFIXES) as ModelFormat[];

/** The formats of import; `torch` is a PyTorch state dict. */
export const IMPORT_FORMATS = [...MODEL_FORMATS, 'torch'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];
