import { EmnistError } from '../../core/errors.ts';
import type { Handler } from '../context.ts';
import { describeCheck } from '../render/doctor.ts';

export const runDoctor: Handler<'doctor'> = async (_, { paths, output }) => {
  const { diagnose } = await import('../../app/doctor.ts');
  let broken = 0;
  for await (const event of diagnose(paths)) {
    output.event(event, (shown) => describeCheck(shown, output.style));
    if (event.event === 'end') broken = event.broken;
  }
  if (broken > 0) {
    throw new EmnistError('broken', `${broken} of the checks found something broken`, 'do what those lines say');
  }
};
