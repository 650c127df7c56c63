import type { ErrorEvent } from '../../app/events.ts';
import { TextOutput } from './text.ts';

/** Events as they are, one JSON object a line on stdout and nothing else there; what people read stays on stderr. */
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
