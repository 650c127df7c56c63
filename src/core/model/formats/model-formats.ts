/** The formats of export and import. */
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
