import prettyBytes from 'pretty-bytes';
import prettyMilliseconds from 'pretty-ms';
import type { FetchEvent } from '../../core/dataset/fetch-event.ts';
import type { Shown } from './output.ts';
import { bar, count, percent, type Style } from './style.ts';

export function describeFetch(event: FetchEvent, style: Style): Shown {
  switch (event.event) {
    case 'start':
      return { log: `Fetching ${event.split} from ${event.source}` };
    case 'progress':
      return { status: progress(event) };
    case 'end': {
      const { split, trainImages, testImages, bytes } = event;
      const images = `${count(trainImages)} images to train on, ${count(testImages)} to test on`;
      return { result: `${style.paint('bold', split)}: ${images}, ${prettyBytes(bytes)}` };
    }
  }
}

function progress({ split, bytes, total, bytesPerSecond }: Extract<FetchEvent, { event: 'progress' }>): string {
  const speed = bytesPerSecond > 0 ? `  ${prettyBytes(bytesPerSecond)}/s` : '';
  if (total === null) return `${split}  ${prettyBytes(bytes)}${speed}`;
  const share = total === 0 ? 1 : bytes / total;
  const left = bytesPerSecond > 0 ? ((total - bytes) / bytesPerSecond) * 1000 : null;
  const time = left === null ? '' : `  ${prettyMilliseconds(left, { secondsDecimalDigits: 0 })} left`;
  return `${split}  ${bar(share)} ${percent(share, 0)} of ${prettyBytes(total)}${speed}${time}`;
}
