/** The test files that `npm test` leaves to `npm run test:all`, and what is in them. */
export const SLOW_TESTS: Readonly<Record<string, string>> = {
  'tests/cli/engine.test.ts': 'training with TensorFlow.js from the command line',
  'tests/cli/signs.test.ts': 'pictures of new signs are taken over and learned',
  'tests/core/engine/agreement.test.ts': 'WebAssembly and TensorFlow.js train to the same weights',
  'tests/core/engine/pytorch.test.ts': 'the reference engine and PyTorch on every layer',
  'tests/core/engine/tensorflow-engine.test.ts': 'the engine contract on TensorFlow.js: CPU and WebGPU',
  'tests/core/model/formats/elsewhere.test.ts': 'exported models in ONNX Runtime, TensorFlow.js, Keras and h5py',
  'tests/e2e/browser-model.test.ts': 'the shipped model on characters drawn in a browser',
  'tests/executable/structure.test.ts': 'the single executables of all platforms',
  'tests/faults/field-trials.test.ts': 'what broke in real use',
  'tests/forms/forms.test.ts': 'every command with every form of the product, one of them emulated',
  'tests/forms/places.test.ts': 'the single executable in unusual environments',
  'tests/memory/training.test.ts': 'memory over 20 training runs',
};
