import { JsonOutput } from './json.ts';
import { LiveOutput } from './live.ts';
import type { Output, OutputOptions } from './output.ts';
import { TextOutput } from './text.ts';

/** The output for the options and for what stderr is connected to. */
export function chooseOutput(options: OutputOptions): Output {
  if (options.json) return new JsonOutput(options);
  const live = process.stderr.isTTY && process.env.TERM !== 'dumb';
  return live ? new LiveOutput(options) : new TextOutput(options);
}
