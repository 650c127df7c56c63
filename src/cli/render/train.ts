import { count, counted, decimal, duration, images, percent } from '../../app/format.ts';
import type { TrainEvent } from '../../core/training/train-event.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';
import { describeWaiting } from './waiting.ts';

type Event<Name> = Extract<TrainEvent, { event: Name }>;

/** Describes the events of one run. Later lines refer to the number of epochs and validation images, which `start` has. */
export class TrainView {
  #start: Event<'start'> | null = null;

  describe(event: TrainEvent, style: Style): Shown {
    switch (event.event) {
      case 'waiting':
        return describeWaiting(event);
      case 'start':
        this.#start = event;
        return { log: started(event) };
      case 'head':
        return { status: head(event, style) };
      case 'batch':
        return { status: this.#batch(event, style) };
      case 'validation':
        return { status: `${this.#epoch(event.epoch)}  validation ${style.bar(event.images / event.total)}` };
      case 'epoch':
        return { log: this.#epochDone(event) };
      case 'paused':
        return { log: 'paused' };
      case 'resumed':
        return { log: 'resumed' };
      case 'end':
        return { result: this.#ended(event, style) };
    }
  }

  #epoch(epoch: number): string {
    return `epoch ${epoch}/${this.#start?.epochs ?? '?'}`;
  }

  #batch({ epoch, batch, batches, loss, accuracy, imagesPerSecond }: Event<'batch'>, style: Style): string {
    const figures = `loss ${decimal(loss)}  accuracy ${percent(accuracy)}  ${count(imagesPerSecond)} images/s`;
    return `${this.#epoch(epoch)}  ${style.bar(batch / batches)} ${percent(batch / batches, 0)}  ${figures}`;
  }

  #epochDone(event: Event<'epoch'>): string {
    const training = `loss ${decimal(event.loss)}, accuracy ${percent(event.accuracy)}`;
    const validation = `validation loss ${decimal(event.validationLoss)}, accuracy ${percent(event.validationAccuracy)}`;
    const speed = `${duration(event.seconds)}, ${count(event.imagesPerSecond)} images/s`;
    return `${this.#epoch(event.epoch)}  ${training}; ${validation}; ${speed}`;
  }

  #ended({ reason, model, epochs, seconds, validationAccuracy, stoppedEarly }: Event<'end'>, style: Style): string {
    const how = { completed: 'Trained', stopped: 'Stopped', interrupted: 'Interrupted' }[reason];
    const time = duration(seconds);
    if (model === null) return `${how} after ${time}, before the first epoch was completed: no model was saved.`;
    const validationImages = images(this.#start?.validationImages ?? 0);
    const accuracy =
      validationAccuracy === null
        ? ''
        : `, validation accuracy ${percent(validationAccuracy, 2)} on ${validationImages}`;
    const remark = stoppedEarly
      ? '; stopped early, keeping the best epoch'
      : reason === 'completed'
        ? ''
        : '; resume it with --resume';
    return `${how}: model ${style.paint('bold', model)}, ${counted(epochs, 'epoch')} in ${time}${accuracy}${remark}`;
  }
}

function head({ images: read, total, accuracy }: Event<'head'>, style: Style): string {
  const figure = accuracy === null ? '' : `  accuracy ${percent(accuracy)}`;
  return `new outputs  ${style.bar(read / total)}${figure}`;
}

function started(event: Event<'start'>): string {
  const { epochs, epochsDone } = event;
  const action =
    epochsDone > 0
      ? `Resuming ${event.model} after epoch ${epochsDone} of ${epochs}`
      : `Training ${event.model}${event.from === undefined ? '' : ` from ${event.from}`}`;
  return (
    `${action}: ${event.architecture} with ${count(event.parameters)} parameters, ${event.classes} classes, ` +
    `${count(event.trainImages)} training and ${count(event.validationImages)} validation images of ${event.split}` +
    `${event.rejectImages ? `, ${count(event.rejectImages)} without a character` : ''} ` +
    `(${event.engine}: ${event.device})`
  );
}
