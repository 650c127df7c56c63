import { kernelBuild } from '../../../src/core/engine/wasm/kernel-build.ts';
import { LAYER_NETWORKS } from './layer-networks.ts';
import { train } from './short-training.ts';

/*
 * `node print-training-digest.ts cnn|vgg|NETWORK`: prints the build of the kernels and a digest of a short training run.
 * NETWORK is one of `LAYER_NETWORKS`.
 */
const name = process.argv[2]!;
const { digest } = await train(LAYER_NETWORKS[name] ?? (name as 'cnn' | 'vgg'), 2);
process.stdout.write(JSON.stringify({ build: kernelBuild(), digest }));
