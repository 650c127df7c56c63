/**
 * The test files that `npm test` leaves to `npm run test:all`, and what is in them. The longest come first, since they are
 * started in this order.
 */
export const SLOW_TESTS: Readonly<Record<string, string>> = {
  'tests/core/engine/tensorflow-engine.test.ts': 'the engine contract on TensorFlow.js: CPU and WebGPU',
  'tests/faults/field-trials-to-9.test.ts': 'what broke in real use, points 1 to 9',
  'tests/faults/field-trials-from-10.test.ts': 'what broke in real use, the other points',
  'tests/core/model/formats/elsewhere.test.ts': 'exported models in ONNX Runtime, TensorFlow.js, Keras and h5py',
  'tests/core/engine/agreement.test.ts': 'WebAssembly and TensorFlow.js train to the same weights',
  'tests/cli/engine.test.ts': 'training with TensorFlow.js from the command line',
  'tests/forms/forms.test.ts': 'every command with every form of the product, one of them emulated',
  'tests/executable/structure.test.ts': 'the single executables of all platforms',
  'tests/cli/signs.test.ts': 'pictures of new signs are taken over and learned',
  'tests/e2e/terminal-learn.test.ts': 'a hand is learned in the app, by keys',
  'tests/e2e/browser-model.test.ts': 'the shipped model on characters drawn in a browser',
  'tests/e2e/browser-learning.test.ts':
    'the shipped model learns what is labeled in a browser; draw is killed meanwhile',
  'tests/memory/training.test.ts': 'memory over 20 training runs',
  'tests/memory/app.test.ts': 'memory over 5,000 frames of the app',
  'tests/memory/recognition.test.ts': 'memory over 5,000 recognized drawings',
  'tests/core/engine/pytorch.test.ts': 'the reference engine and PyTorch on every layer, and on sequences',
  'tests/forms/places.test.ts': 'the single executable in unusual environments',
};

/** The longest test files of `npm test`, the longest first: each would otherwise keep one process busy when the others are done. */
export const LONG_TESTS = [
  'tests/tui/every-screen.test.ts',
  'tests/core/training/training.test.ts',
  'tests/tui/resize.test.ts',
  'tests/cli/formats.test.ts',
  'tests/tui/golden.test.ts',
  'tests/e2e/browser-text.test.ts',
  'tests/core/training/learn.test.ts',
  'tests/accuracy/accuracy.test.ts',
] as const;
