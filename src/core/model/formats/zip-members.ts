import { buffer } from 'node:stream/consumers';
import yauzl, { type Entry } from 'yauzl';
import { MAX_MODEL_BYTES } from '../model-bytes.ts';
import { damagedModel } from '../model-errors.ts';

/** The members of a zip archive in memory. */
export interface ZipMembers {
  names: readonly string[];
  /** The contents of a member. Throws `model-damaged` if it is missing, too large, or corrupt. */
  read(name: string): Promise<Buffer>;
}

/** Opens a model file that is a zip archive. Throws `model-damaged`, which names `file`. */
export async function openZipMembers(bytes: Buffer, file: string): Promise<ZipMembers> {
  const corrupt = (error: unknown) => damagedModel(file, 'the zip archive is corrupt', error);
  const entries = new Map<string, Entry>();
  const zip = await yauzl.fromBufferPromise(bytes).catch((error) => {
    throw corrupt(error);
  });
  try {
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  } catch (error) {
    throw corrupt(error);
  }
  return {
    names: [...entries.keys()],
    async read(name) {
      const entry = entries.get(name);
      if (!entry) throw damagedModel(file, `${name} is missing`);
      if (entry.uncompressedSize > MAX_MODEL_BYTES) throw damagedModel(file, `${name} is too large`);
      try {
        return await buffer(await zip.openReadStreamPromise(entry));
      } catch (error) {
        throw corrupt(error);
      }
    },
  };
}
