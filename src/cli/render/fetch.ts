import { bytes, count, percent, timeLeft } from '../../app/format.ts';
import type { FetchEvent } from '../../core/dataset/fetch-event.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

type ProgressEvent = Extract<FetchEvent, { event: 'progress' }>;

export function describeFetch(event: FetchEvent, style: Style): Shown {
  switch (event.event) {
    case 'start':
      return { log: `Fetching ${event.split} from ${event.source}` };
    case 'progress':
      return { status: progress(event, style) };
    case 'end': {
      const { split, trainImages, testImages, bytes: size } = event;
      const images = `${count(trainImages)} training and ${count(testImages)} test images`;
      return { result: `${style.paint('bold', split)}: ${images}, ${bytes(size)}` };
    }
  }
}

function progress({ split, bytes: done, total, bytesPerSecond }: ProgressEvent, style: Style): string {
  const speed = bytesPerSecond > 0 ? `  ${bytes(bytesPerSecond)}/s` : '';
  if (total === null) return `${split}  ${bytes(done)}${speed}`;
  const share = total === 0 ? 1 : done / total;
  const time = bytesPerSecond > 0 ? `  ${timeLeft((total - done) / bytesPerSecond)}` : '';
  return `${split}  ${style.bar(share)} ${percent(share, 0)} of ${bytes(total)}${speed}${time}`;
}
