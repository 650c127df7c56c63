import type { ErrorEvent } from '../../app/events.ts';
import { TextOutput } from './text.ts';

/** Only events on stdout, one JSON object per line. Text for people goes to stderr. */
export class JsonOutput extends TextOutput {
  override readonly interactive = false;

  override event(event: { event: string }): void {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  }

  override error(event: ErrorEvent): void {
    this.event(event);
    super.error(event);
  }
}
