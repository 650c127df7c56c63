import { mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { resolvePaths } from '../../../../src/core/paths.ts';
import { installDatasets } from '../../../helpers/archive.ts';
import { mountSmallDisk, resizeSmallDisk, whyNoSmallDisk } from '../../../helpers/small-disk.ts';
import type { Field, Trial } from '../field.ts';

async function smallDisk(field: Field, kilobytes: number): Promise<string> {
  const disk = path.join(field.folder, 'disk');
  await mkdir(disk, { recursive: true });
  field.defer(mountSmallDisk(disk, kilobytes));
  return disk;
}

async function observeDisk(field: Field, disk: string): Promise<string[]> {
  const files = await readdir(disk, { recursive: true });
  field.observe(`  on the disk: ${files.length === 0 ? 'nothing' : files.join(', ')}`);
  return files;
}

export const TRIALS: readonly Trial[] = [
  ...['onnx', 'keras', 'h5', 'safetensors', 'tfjs'].map(
    (format, index): Trial => ({
      id: `1${'abcde'[index]}`,
      title: `an export as ${format} to a disk that fills up fails and leaves nothing`,
      skip: whyNoSmallDisk,
      async run(field) {
        const disk = await smallDisk(field, 1500);
        const out = path.join(disk, `out.${format}`);
        const { code, stdout } = await field.run(['export', '--model', 'shipped', '--format', format, '--out', out]);
        const files = await observeDisk(field, disk);
        field.check(code === 1, 'the exit code is 1');
        field.check(stdout === '', 'nothing is reported written');
        field.check(files.length === 0, 'nothing is left behind');
      },
    }),
  ),
  {
    id: '1f',
    title: 'training keeps its last checkpoint when the disk fills up, and goes on from it',
    skip: whyNoSmallDisk,
    async run(field) {
      await installDatasets(resolvePaths(field.home), { digits: { train: 100, test: 10 } });
      const home = await smallDisk(field, 7400);
      await mkdir(path.join(home, 'datasets'));
      await symlink(path.join(field.home, 'datasets/digits'), path.join(home, 'datasets/digits'));
      const args = ['train', '--split', 'digits', '--architecture', 'cnn', '--batch-size', '32', '--epochs', '3'];
      const full = await field.run(args, { home });
      await observeDisk(field, home);
      field.check(full.code === 1 && full.stderr.includes('ENOSPC'), 'it fails, and says that the disk is full');
      resizeSmallDisk(home, 50_000);
      const resumed = await field.run([...args, '--resume', '--json'], { home });
      const first = resumed.stdout.split('\n').find((line) => line.includes('"event":"start"'));
      field.check(resumed.code === 0 && /"epochsDone":1/.test(first ?? ''), 'it goes on after epoch 1');
    },
  },
  {
    id: '1g',
    title: 'a model that the disk had no room for is written when there is, from its checkpoint',
    skip: whyNoSmallDisk,
    async run(field) {
      await installDatasets(resolvePaths(field.home), { digits: { train: 100, test: 10 } });
      // The checkpoint has 5.2 MB, the model 1.7 MB.
      const home = await smallDisk(field, 6000);
      await mkdir(path.join(home, 'datasets'));
      await symlink(path.join(field.home, 'datasets/digits'), path.join(home, 'datasets/digits'));
      const args = ['train', '--split', 'digits', '--architecture', 'cnn', '--batch-size', '32', '--epochs', '1'];
      field.check((await field.run(args, { home })).code === 1, 'training fails');
      await observeDisk(field, home);
      resizeSmallDisk(home, 50_000);
      const resumed = await field.run([...args, '--resume'], { home });
      field.check(resumed.code === 0, 'it can be resumed, although all epochs are done');
      field.check(
        (await field.run(['evaluate', '--split', 'digits', '--model', 'digits-cnn'], { home })).code === 0,
        'the model can be used',
      );
    },
  },
];
