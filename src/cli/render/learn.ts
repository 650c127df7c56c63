import { count, counted, decimal, duration, percent } from '../../app/format.ts';
import type { Comparison, LearnEvent } from '../../core/training/learn-event.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';
import { describeWaiting } from './waiting.ts';

type Event<Name> = Extract<LearnEvent, { event: Name }>;

/** Describes the events of one run that learns a hand. Later lines refer to `start`. */
export class LearnView {
  #start: Event<'start'> | null = null;

  describe(event: LearnEvent, style: Style): Shown {
    switch (event.event) {
      case 'waiting':
        return describeWaiting(event);
      case 'start':
        this.#start = event;
        return { log: started(event) };
      case 'validation': {
        const what = event.epoch === 0 ? 'preparing' : `${this.#epoch(event.epoch)}  measuring`;
        return { status: `${what} ${style.bar(event.images / event.total)}` };
      }
      case 'batch': {
        const { epoch, batch, batches, loss, imagesPerSecond } = event;
        const figures = `loss ${decimal(loss)}  ${count(imagesPerSecond)} images/s`;
        return { status: `${this.#epoch(epoch)}  ${style.bar(batch / batches)} ${figures}` };
      }
      case 'epoch': {
        const { epoch, ownAccuracy, generalAccuracy } = event;
        const when = epoch === 0 ? 'before   ' : this.#epoch(epoch);
        return { log: `${when}  your samples ${share(ownAccuracy)}, in general ${share(generalAccuracy)}` };
      }
      case 'end':
        return { result: ended(event, this.#start, style) };
    }
  }

  #epoch(epoch: number): string {
    return `epoch ${epoch}/${this.#start?.epochs ?? '?'}`;
  }
}

function started({ from, model, samples, heldOut, newLabels, replay, engine, device }: Event<'start'>): string {
  const signs =
    newLabels.length === 0 ? '' : `, with ${counted(newLabels.length, 'new label')} (${newLabels.join(' ')})`;
  return (
    `Learning your handwriting: ${model} from ${from}, ${counted(samples, 'sample')}${signs}, ${heldOut} more held out to measure on, ` +
    `replaying ${replay} (${engine}: ${device})`
  );
}

function ended(event: Event<'end'>, start: Event<'start'> | null, style: Style): string {
  const { reason, model, from, own, general, accepted, seconds } = event;
  if (reason !== 'completed') {
    return `${reason === 'stopped' ? 'Stopped' : 'Interrupted'} after ${duration(seconds)}: no model was saved.`;
  }
  const generalImages = start?.replay === 'generated drawings' ? 'generated drawings' : 'general images';
  const figures =
    `${counted(own.count, 'held-out sample')} of yours: ${change(own)} read correctly\n` +
    `${count(general.count)} ${generalImages}: ${change(general)}`;
  const outcome = accepted
    ? `Learned your handwriting in ${duration(seconds)}: model ${style.paint('bold', model!)} is now the default; ` +
      `go back with "emnist-tui models --use ${from}".`
    : `Not accepted after ${duration(seconds)}, and no model was saved: ${reasonFor(own)}. ${from} is still used.`;
  return `${figures}\n${outcome}`;
}

function reasonFor({ before, after }: Comparison): string {
  if (before === 1)
    return `${before === after ? 'all' : 'before, all'} of your held-out samples were read correctly already; add samples of characters that are misread`;
  if (after === null || before === null || after <= before)
    return 'it reads your held-out samples no better; add samples, especially of characters that are misread';
  return 'in general, its accuracy drops by more than 0.5 points; add samples of more characters';
}

function change({ before, after }: Comparison): string {
  return `${share(before)} → ${share(after)}`;
}

function share(accuracy: number | null): string {
  return accuracy === null ? 'unknown' : percent(accuracy);
}
