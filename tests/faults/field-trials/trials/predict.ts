import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { drawPicture } from '../../../core/images/draw-picture.ts';
import { idx } from '../../../helpers/archive.ts';
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
      const errors = stdout.split('\n').filter((line) => line.includes('"event":"error"'));
      field.check(errors.length === 1 && JSON.parse(errors[0]!).source === files[1], 'the error names the bad file');
    },
  },
  {
    id: '14b',
    title: 'predict keeps what comes before the damage of a file, and goes on with the next one',
    async run(field) {
      const drawings = (...lines: string[]) => Buffer.from(`${lines.join('\n')}\n`);
      const line = '{"strokes":[[[5,0],[5,20]]]}';
      const contents = {
        'broken.jsonl': drawings(line, line, '{oops', line),
        'broken.jsonl.gz': gzipSync(drawings(line, line, '{oops', line)),
        'cut.jsonl.gz': gzipSync(drawings(line, line)).subarray(0, -8),
        'cut-idx3-ubyte': idx([5, 28, 28], new Uint8Array(2 * 784).fill(255)),
        'good.jsonl': drawings(line, line),
      };
      const files = Object.entries(contents).map(([name, bytes]) => ({ file: path.join(field.folder, name), bytes }));
      await Promise.all(files.map(({ file, bytes }) => writeFile(file, bytes)));
      const input = drawings(line, line, 'oops').toString();
      const args = ['predict', '--json', '-', ...files.map(({ file }) => file)];
      const { code, stdout } = await field.run(args, { input });
      const events = stdout
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text));
      for (const source of ['-', ...files.map(({ file }) => file)]) {
        const read = events.filter((event) => event.event === 'prediction' && event.source === source);
        field.check(read.length === 2, `2 of 2 characters are read from ${path.basename(source)}: ${read.length}`);
      }
      const [first] = events.filter(({ event }) => event === 'error');
      field.check(/^-:3: /.test(first?.message), 'the error names the line');
      field.check(code === 1, 'the exit code is 1');
    },
  },
  {
    id: '4h',
    title: 'predictions of predict name their model',
    async run(field) {
      const { stdout } = await field.run(['predict', '--json', '-'], { input: '{"strokes":[[[5,0],[5,20]]]}\n' });
      field.check(JSON.parse(stdout.split('\n')[0]!).model === 'shipped', 'the event has the name of the model');
    },
  },
];
