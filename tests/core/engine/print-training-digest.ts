import { kernelBuild } from '../../../src/core/engine/wasm/kernel-build.ts';
import { train } from './short-training.ts';

/* `node print-training-digest.ts cnn|vgg`: prints the build of the kernels and a digest of a short training run. */
const { digest } = await train(process.argv[2] as 'cnn' | 'vgg', 2);
process.stdout.write(JSON.stringify({ build: kernelBuild(), digest }));
