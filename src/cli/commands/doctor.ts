import { Command } from 'commander';
import { EmnistError } from '../../core/errors.ts';
import type { Run } from '../context.ts';
import { describeCheck } from '../render/doctor.ts';

export function doctorCommand(run: Run): Command {
  return new Command('doctor')
    .summary('check that everything is in order')
    .description('Looks at Node, the engines, the folders, the data sets and the models. Exits 1 if one is broken.')
    .action(() =>
      run(async ({ paths, output }) => {
        const { diagnose } = await import('../../app/doctor.ts');
        let broken = 0;
        for await (const event of diagnose(paths)) {
          output.event(event, (shown) => describeCheck(shown, output.style));
          if (event.event === 'end') broken = event.broken;
        }
        if (broken > 0) {
          throw new EmnistError('broken', `${broken} of the checks found something broken`, 'do what those lines say');
        }
      }),
    );
}
