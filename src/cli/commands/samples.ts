import { counted } from '../../app/format.ts';
import { printable } from '../../app/text-layout.ts';
import { confirmed } from '../ask.ts';
import type { Handler } from '../context.ts';
import { describeSamples } from '../render/samples.ts';
import { describeWaiting } from '../render/waiting.ts';
import { usageError } from '../usage-error.ts';

export const runSamples: Handler<'samples'> = async (options, context) => {
  const { manageSamples } = await import('../../app/samples.ts');
  const { output, paths, signal } = context;
  if (options.delete !== undefined && !options.yes && !output.interactive) {
    throw usageError('cannot ask for confirmation without a terminal', 'add --yes to delete');
  }
  if (options.import !== undefined) output.aside({ status: `Reading ${printable(options.import)}` });
  const event = await manageSamples(options, {
    paths,
    signal,
    onWait: (waiting) => output.event(waiting, describeWaiting),
    ...(!options.yes && {
      confirm: (samples: number, label: string | null) => confirmed(question(samples, label), context),
    }),
  });
  output.event(event, (shown) => describeSamples(shown, output.style));
};

function question(samples: number, label: string | null): string {
  return label === null
    ? `Delete all ${counted(samples, 'sample')}?`
    : `Delete ${counted(samples, 'sample')} with the label ${printable(label)}?`;
}
