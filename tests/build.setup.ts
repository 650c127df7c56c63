import { build } from '../scripts/build.ts';
import { provideSoftwareGpu } from './helpers/software-gpu.ts';

/** Tests start workers, kernels, the page and the executable from `dist`, so it is rebuilt before they run. */
export default async function setup(): Promise<void> {
  await provideSoftwareGpu();
  await build();
}
