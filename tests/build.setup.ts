import { buildIfChanged } from '../scripts/build.ts';
import { provideSoftwareGpu } from './helpers/software-gpu.ts';

/** Builds `dist` before the tests, which run workers, kernels, page and program from there. */
export default async function setup(): Promise<void> {
  await provideSoftwareGpu();
  await buildIfChanged();
}
