import path from 'node:path';
import { messageOf } from '../../src/core/errors.ts';
import { unpackedChromium } from './browser.ts';

/**
 * Makes the software renderer (SwiftShader) and Vulkan loader of the packaged Chromium available to this process and those it
 * starts. They are looked up when a process starts, so this must run before the test processes. Set `VK_ICD_FILENAMES` to use
 * another device. Tests that need a device report when there is none.
 */
export async function provideSoftwareGpu(): Promise<void> {
  if (process.env.VK_ICD_FILENAMES) return;
  try {
    const folder = path.dirname(await unpackedChromium());
    process.env.VK_ICD_FILENAMES = path.join(folder, 'vk_swiftshader_icd.json');
    process.env.LD_LIBRARY_PATH = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  } catch (error) {
    process.emitWarning(`no software renderer is available: ${messageOf(error)}`);
  }
}
