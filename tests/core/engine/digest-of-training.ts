import { kernelBuild } from '../../../src/core/engine/wasm/kernel-build.ts';
import { train } from './short-training.ts';

/* `node digest-of-training.ts cnn|vgg`: prints the build of the kernels and what stands for all bits of a training. */
const { digest } = await train(process.argv[2] as 'cnn' | 'vgg', 2);
process.stdout.write(JSON.stringify({ build: kernelBuild(), digest }));
