import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { drawPicture } from '../../../core/images/draw-picture.ts';
import { pngFile } from '../../../helpers/picture-files.ts';
import type { Trial } from '../field.ts';

const ONE = pngFile(
  drawPicture({ width: 60, height: 60, pen: 5 }, [
    [
      [30, 10],
      [30, 50],
    ],
  ]),
);

export const TRIALS: readonly Trial[] = [
  {
    id: '14',
    title: 'predict reads the files after one that it cannot read',
    async run(field) {
      const files = ['good.png', 'bad.png', 'good2.png'].map((name) => path.join(field.folder, name));
      await Promise.all(files.map((file) => writeFile(file, file.endsWith('bad.png') ? 'not a picture' : ONE)));
      const { code, stdout } = await field.run(['predict', '--json', ...files]);
      const read = stdout.split('\n').filter((line) => line.includes('"event":"prediction"'));
      field.check(read.length === 2, `2 of 2 good files are read: ${read.length}`);
      field.check(code === 1, 'the exit code is 1');
    },
  },
];
