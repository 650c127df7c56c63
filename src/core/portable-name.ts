/** Names of devices on Windows, with any extension (learn.microsoft.com/windows/win32/fileio/naming-a-file). */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Why a name cannot be that of a folder on every system: `characters`, or `device` for a device of Windows. Null if it
 * can. Windows drops a dot at the end.
 */
export function nameProblem(name: string): 'characters' | 'device' | null {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) || name.endsWith('.')) return 'characters';
  return DEVICE.test(name) ? 'device' : null;
}
