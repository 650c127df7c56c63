import prettyMilliseconds from 'pretty-ms';
import type { TrainEvent } from '../../core/training/train-event.ts';
import type { Shown } from './output.ts';
import { bar, count, percent, type Style } from './style.ts';

type Event<Name> = Extract<TrainEvent, { event: Name }>;

/** Keeps what the later lines need of the earlier events: how many epochs and validation images there are. */
export class TrainView {
  #start: Event<'start'> | null = null;

  describe(event: TrainEvent, style: Style): Shown {
    switch (event.event) {
      case 'start':
        this.#start = event;
        return { log: started(event) };
      case 'batch':
        return { status: this.#batch(event) };
      case 'validation':
        return { status: `${this.#epoch(event.epoch)}  validation ${bar(event.images / event.total)}` };
      case 'epoch':
        return { log: this.#epochDone(event) };
      case 'paused':
        return { log: 'paused' };
      case 'resumed':
        return { log: 'going on' };
      case 'end':
        return { result: this.#ended(event, style) };
    }
  }

  #epoch(epoch: number): string {
    return `epoch ${epoch}/${this.#start?.epochs ?? '?'}`;
  }

  #batch({ epoch, batch, batches, loss, accuracy, imagesPerSecond }: Event<'batch'>): string {
    const figures = `loss ${loss.toFixed(3)}  accuracy ${percent(accuracy)}  ${count(imagesPerSecond)} images/s`;
    return `${this.#epoch(epoch)}  ${bar(batch / batches)} ${percent(batch / batches, 0)}  ${figures}`;
  }

  #epochDone(event: Event<'epoch'>): string {
    const training = `loss ${event.loss.toFixed(3)}, accuracy ${percent(event.accuracy)}`;
    const validation = `validation loss ${event.validationLoss.toFixed(3)}, accuracy ${percent(event.validationAccuracy)}`;
    const speed = `${prettyMilliseconds(event.seconds * 1000)}, ${count(event.imagesPerSecond)} images/s`;
    return `${this.#epoch(event.epoch)}  ${training}; ${validation}; ${speed}`;
  }

  #ended({ reason, model, epochs, seconds, validationAccuracy, stoppedEarly }: Event<'end'>, style: Style): string {
    const how = { completed: 'Trained', stopped: 'Stopped', interrupted: 'Interrupted' }[reason];
    const time = prettyMilliseconds(seconds * 1000);
    if (model === null) return `${how} after ${time}, before an epoch was finished: no model was written.`;
    const figure =
      validationAccuracy === null
        ? ''
        : `, ${percent(validationAccuracy, 2)} right of ${count(this.#start?.validationImages ?? 0)} validation images`;
    const remark = stoppedEarly
      ? '; the best epoch is kept, none after it was better'
      : reason === 'completed'
        ? ''
        : '; --resume goes on from there';
    return `${how}: model ${style.paint('bold', model)}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${time}${figure}${remark}`;
  }
}

function started(event: Event<'start'>): string {
  const images = `${count(event.trainImages)} images and ${count(event.validationImages)} for validation`;
  const resumed = event.epochsDone > 0 ? `, going on after epoch ${event.epochsDone}` : '';
  return (
    `Training ${event.model}: ${event.architecture} with ${count(event.parameters)} parameters on ${images} ` +
    `of ${event.split}, ${event.classes} classes (${event.engine}: ${event.device})${resumed}`
  );
}
