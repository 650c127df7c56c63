import { expect, test } from 'vitest';
import { decodePicture } from '../../../src/core/images/picture-file.ts';
import { jpegFile, pngFile } from '../../helpers/picture-files.ts';

const BLANK = { width: 1000, height: 1000, gray: new Uint8Array(1_000_000).fill(255) };

test.each([
  ['PNG', pngFile(BLANK), (file: Buffer) => file.writeUInt32BE(20_000, 16)],
  ['JPEG', jpegFile(BLANK), (file: Buffer) => file.writeUInt16BE(40_000, file.indexOf('\xff\xc0', 0, 'latin1') + 7)],
])('a %s whose header claims more pixels than the file can hold is refused', async (_, file, enlarge) => {
  expect(await decodePicture(file, 'blank')).toMatchObject({ width: 1000, height: 1000 });
  enlarge(file);
  await expect(decodePicture(file, 'blank')).rejects.toThrow(
    /^blank is a damaged picture \(the file is too short for \d+x1000/,
  );
});
