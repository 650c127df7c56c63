import { execFileSync, spawnSync } from 'node:child_process';

/** Why no small disk can be created; null when it can. */
export function whyNoSmallDisk(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can make a small disk';
  const place = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', place]);
  if (status === 0) execFileSync('umount', [place]);
  execFileSync('rmdir', [place]);
  return status === 0 ? null : 'mounting is not allowed here';
}

/** Mounts a disk with little space on a folder, and returns the function that removes it. */
export function mountSmallDisk(folder: string, kilobytes: number): () => void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
  return () => void execFileSync('umount', [folder]);
}

/** Changes the size of a disk that `mountSmallDisk` mounted. */
export function resizeSmallDisk(folder: string, kilobytes: number): void {
  execFileSync('mount', ['-o', `remount,size=${kilobytes}k`, folder]);
}
