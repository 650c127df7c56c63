/** The formats that models are exported to and imported from. */
export type ModelFormat = 'tfjs' | 'keras' | 'h5' | 'onnx' | 'safetensors';

/** How files of each format are called, after the model's name; of TensorFlow.js it is a folder. */
export const FORMAT_SUFFIXES: Readonly<Record<ModelFormat, string>> = {
  tfjs: '-tfjs',
  keras: '.keras',
  h5: '.h5',
  onnx: '.onnx',
  safetensors: '.safetensors',
};
export const MODEL_FORMATS = Object.keys(FORMAT_SUFFIXES) as ModelFormat[];
