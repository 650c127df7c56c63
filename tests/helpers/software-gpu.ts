import path from 'node:path';
import { messageOf } from '../../src/core/errors.ts';
import { unpackedChromium } from './browser.ts';

/**
 * Lets this process and those it starts find the graphics processor in software (SwiftShader) that comes with the packaged
 * Chromium, and the Vulkan loader beside it. Both are looked for when a process starts, so this has to come before the
 * tests' own processes. `VK_ICD_FILENAMES`, set by hand, names another device. Where none can be unpacked the tests that
 * want one say so.
 */
export async function provideSoftwareGpu(): Promise<void> {
  if (process.env.VK_ICD_FILENAMES) return;
  try {
    const folder = path.dirname(await unpackedChromium());
    process.env.VK_ICD_FILENAMES = path.join(folder, 'vk_swiftshader_icd.json');
    process.env.LD_LIBRARY_PATH = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  } catch (error) {
    process.emitWarning(`there is no graphics processor in software: ${messageOf(error)}`);
  }
}
