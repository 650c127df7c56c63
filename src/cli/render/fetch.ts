import { fetchWaitText } from '../../app/fetch-wait-text.ts';
import { bytes, count, percent, timeLeft } from '../../app/format.ts';
import { ownDataLines } from '../../app/own-data-text.ts';
import { isSplit } from '../../core/dataset/dataset-name.ts';
import type { FetchEvent } from '../../core/dataset/fetch-event.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

type WaitingEvent = Extract<FetchEvent, { event: 'waiting' }>;
type ProgressEvent = Extract<FetchEvent, { event: 'progress' }>;

export function describeFetch(event: FetchEvent, style: Style): Shown {
  switch (event.event) {
    case 'start':
      return { log: isSplit(event.split) ? `Fetching ${event.split} from ${event.source}` : `Reading ${event.source}` };
    case 'progress':
      return { status: progress(event, style) };
    case 'waiting':
      return waiting(event);
    case 'end': {
      const { split, trainImages, testImages, bytes: size, own } = event;
      const images = `${count(trainImages)} training and ${count(testImages)} test images`;
      const details = own ? ownDataLines(own).map((line) => `\n  ${line}`) : [];
      return { result: `${style.paint('bold', split)}: ${images}, ${bytes(size)}${details.join('')}` };
    }
  }
}

/** What stays readable when it takes long gets a line of its own; the rest is a status. */
function waiting(event: WaitingEvent): Shown {
  const text = fetchWaitText(event);
  if (event.for === 'process') return { log: `${text}; Ctrl-C stops waiting` };
  return event.for === 'retry' ? { log: `${event.split}  ${text}` } : { status: `${event.split}  ${text}` };
}

function progress({ split, bytes: done, total, bytesPerSecond }: ProgressEvent, style: Style): string {
  const speed = bytesPerSecond > 0 ? `  ${bytes(bytesPerSecond)}/s` : '';
  if (total === null) return `${split}  ${bytes(done)}${speed}`;
  const share = total === 0 ? 1 : done / total;
  const time = bytesPerSecond > 0 ? `  ${timeLeft((total - done) / bytesPerSecond)}` : '';
  return `${split}  ${style.bar(share)} ${percent(share, 0)} of ${bytes(total)}${speed}${time}`;
}
