import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';

/** Distinguishes a process from others with the same number: on other machines, in other containers, after a reboot. */
export interface ProcessIdentity {
  host: string;
  /** The boot of the machine and, on Linux, the PID namespace within which `pid` is unique. */
  boot: string;
  pid: number;
  /** When the process started, in the system's own format, for comparison only; null if unknown. */
  started: string | null;
}

/** How much boot times may differ because the clock was adjusted, in milliseconds. */
const BOOT_TIME_TOLERANCE = 60_000;

let self: Promise<ProcessIdentity> | null = null;

/** The identity of this process. */
export function thisProcess(): Promise<ProcessIdentity> {
  self ??= (async () => ({
    host: os.hostname(),
    boot: await bootId(),
    pid: process.pid,
    started: (await findProcess(process.pid))?.started ?? null,
  }))();
  return self;
}

/** Whether a process is running; null if that cannot be determined from here. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean | null> {
  const { host, boot } = await thisProcess();
  if (identity.host !== host || !isSameBoot(identity.boot, boot)) return null;
  const found = await findProcess(identity.pid);
  if (found === null) return false;
  return found.started === null || identity.started === null ? null : found.started === identity.started;
}

/**
 * On Linux, the ID of the boot (random(4)), and of the PID namespace, which differs between containers. On other systems,
 * the time of the boot in milliseconds since 1970.
 */
export async function bootId(platform: string = process.platform, proc = '/proc'): Promise<string> {
  if (platform !== 'linux') return String(Math.round(Date.now() - os.uptime() * 1000));
  try {
    const id = await readFile(`${proc}/sys/kernel/random/boot_id`, 'utf8');
    return `${id.trim()} ${await readlink(`${proc}/self/ns/pid`)}`;
  } catch {
    // Some containers hide it. The time would be that of all containers, whose process numbers differ.
    return `unknown ${randomUUID()}`;
  }
}

function isSameBoot(one: string, other: string): boolean {
  return one === other || Math.abs(Number(one) - Number(other)) < BOOT_TIME_TOLERANCE;
}

/** Finds a process on this machine by its number. Returns null if there is none, or if it is a zombie. */
export async function findProcess(
  pid: number,
  platform: string = process.platform,
): Promise<{ started: string | null } | null> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists, but belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  try {
    if (platform === 'linux') {
      // proc_pid_stat(5): after the command's name in parentheses, which may contain anything, come the state and, as
      // field 22, the start time in clock ticks since boot.
      const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const isDead = fields[0] === 'Z' || fields[0] === 'X';
      return isDead ? null : { started: fields[19] ?? null };
    }
    if (platform === 'win32') return { started: null };
    const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    const [state = '', ...started] = stdout.trim().split(/\s+/);
    return state.startsWith('Z') ? null : { started: started.join(' ') || null };
  } catch {
    // It has just ended or is hidden, or `ps` is missing.
    return { started: null };
  }
}
