import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Trial } from '../field.ts';

/** How the program starts, and lives with what its surroundings do to it. */
export const TRIALS: readonly Trial[] = [
  {
    id: '10a',
    title: '~ means home in options, arguments and environment variables',
    async run(field) {
      const home = path.join(field.folder, 'ada');
      const cwd = path.join(field.folder, 'work');
      for (const folder of [home, cwd]) await mkdir(folder);
      const options = { cwd, env: { HOME: home, EMNIST_TUI_HOME: '~/chosen' } };
      await writeFile(path.join(home, 'one.jsonl'), '{"strokes":[[[5,0],[5,20]]]}\n');

      const ends = [
        await field.run(['export', '--format', 'h5', '--out=~/one.h5'], options),
        await field.run(['import', '~/one.h5', '--name', 'own'], options),
        await field.run(['import', '~/one.h5', '--name', 'own', '--data-dir=~/other'], options),
        await field.run(['predict', '--model=~/other/models/own', '~/one.jsonl'], options),
      ];
      field.check(
        ends.every(({ code }) => code === 0),
        'every command succeeds',
      );
      const { stderr } = await field.run(['fetch', '--from=~/nowhere.zip'], options);
      field.check(
        stderr.includes(path.join(home, 'nowhere.zip')),
        'a missing archive is looked for in the home folder',
      );
      field.check(
        (await readdir(home)).sort().join() === 'chosen,one.h5,one.jsonl,other',
        'all of it is in the home folder',
      );
      field.check((await readdir(cwd)).length === 0, 'nothing is created in the current folder');
    },
  },
  {
    id: '10b',
    title: "~name, another user's home, is refused rather than created",
    async run(field) {
      const { code, stderr } = await field.run(['doctor', '--data-dir=~nobody/data'], { cwd: field.folder });
      field.check(code === 2, 'the exit code is 2');
      field.check(/^emnist-tui: invalid --data-dir .* — use a full path/m.test(stderr), 'the line says what to write');
    },
  },
];
