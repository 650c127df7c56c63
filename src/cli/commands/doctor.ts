import { EmnistError } from '../../core/errors.ts';
import type { Handler } from '../context.ts';
import { hintOf } from '../hints.ts';
import { describeCheck } from '../render/doctor.ts';

export const runDoctor: Handler<'doctor'> = async (_, { paths, output }) => {
  const { diagnose } = await import('../../app/doctor.ts');
  let broken = 0;
  for await (const event of diagnose(paths, hintOf)) {
    output.event(event, (shown) => describeCheck(shown, output.style));
    if (event.event === 'end') broken = event.broken;
  }
  if (broken > 0) {
    const checks = broken === 1 ? '1 check' : `${broken} checks`;
    throw new EmnistError('broken', `${checks} found a problem`, { problems: broken });
  }
};
