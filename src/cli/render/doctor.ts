import type { DoctorEvent } from '../../app/events.ts';
import type { Shown } from './output.ts';
import type { Style } from './style.ts';

const LOOK = {
  ok: { sign: '✓', ascii: '+', color: 'green' },
  absent: { sign: '–', ascii: '-', color: 'gray' },
  broken: { sign: '✗', ascii: 'x', color: 'red' },
} as const;

export function describeCheck(event: DoctorEvent, style: Style): Shown | undefined {
  if (event.event === 'end') return event.broken === 0 ? { log: 'No problems found.' } : undefined;
  const { name, state, message, hint } = event;
  const { sign, ascii, color } = LOOK[state];
  const mark = style.paint(color, `${style.unicode ? sign : ascii} ${state.padEnd(6)}`);
  return { result: `${mark}  ${name.padEnd(17)}  ${message}${hint ? ` — ${hint}` : ''}` };
}
