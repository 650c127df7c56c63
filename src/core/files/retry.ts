import pRetry from 'p-retry';

/** What Windows reports for a file or folder that another program has open (libuv, src/win/error.c). */
const BUSY = new Set<unknown>(['EACCES', 'EBUSY', 'EPERM']);
/** Waits of 10, 20, 40, … 1280 milliseconds: two and a half seconds in total. */
const BACKOFF = { retries: 8, minTimeout: 10, factor: 2 };

/**
 * Retries a file operation on Windows while another program has the file open: open files cannot be renamed, replaced or
 * deleted there, and virus scanners and indexers open new ones. On other systems the same errors mean that permission is
 * denied, so the operation is tried once.
 */
export async function retryWhileBusy<T>(operation: () => Promise<T>, platform: string = process.platform): Promise<T> {
  if (platform !== 'win32') return operation();
  return pRetry(operation, {
    ...BACKOFF,
    shouldRetry: ({ error }) => BUSY.has((error as NodeJS.ErrnoException).code),
  });
}
