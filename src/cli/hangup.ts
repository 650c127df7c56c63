import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isatty } from 'node:tty';

/** What tells whether the process is to outlive its terminal; by default, that of this process. */
export interface HangupContext {
  readonly platform: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether standard input, output, or error is a terminal. */
  readonly hasTerminal: boolean;
  /** Reads a file of `/proc`; null where there is none. */
  readonly readProc: (file: string) => string | null;
}

/**
 * Whether the process is to keep running when its terminal is closed (SIGHUP). The shell command `nohup` says so by ignoring the
 * signal, which programs inherit, but Node resets all ignored signals before any of its scripts runs. So this is inferred:
 * from input, output, and error that are all redirected, as `nohup` does; from the environment; and on Linux from `/proc`.
 */
export function outlivesTerminal(context: Partial<HangupContext> = {}): boolean {
  const {
    platform = process.platform,
    env = process.env,
    hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor)),
    readProc = readProcFile,
  } = context;
  // When the window is closed, Windows ends the process after a few seconds in any case.
  if (platform === 'win32') return false;
  // Shells put the path of the command that they start into `_`. On macOS, `nohup` does not redirect the input.
  if (!hasTerminal || path.basename(env._ ?? '') === 'nohup') return true;
  return hasNoControllingTerminal(readProc) || parentIgnoresHangup(readProc);
}

/** After `setsid`. The seventh field of proc_pid_stat(5), after the name in parentheses, is the controlling terminal. */
function hasNoControllingTerminal(readProc: HangupContext['readProc']): boolean {
  const fields = readProc('/proc/self/stat')?.replace(/^.*\)/s, '').trim().split(' ');
  return fields?.[4] === '0';
}

/** After `trap '' HUP` in the shell that started the process. The lowest bit of the mask is signal 1. */
function parentIgnoresHangup(readProc: HangupContext['readProc']): boolean {
  const [, mask] = readProc(`/proc/${process.ppid}/status`)?.match(/^SigIgn:\s*([0-9a-f]+)$/m) ?? [];
  return mask !== undefined && (BigInt(`0x${mask}`) & 1n) === 1n;
}

function readProcFile(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}
