import { EmnistError, messageOf, UsageError } from '../errors.ts';

/**
 * Checks what the user asked to listen on, before it is tried.
 *
 * @throws UsageError
 */
export function checkListen(host: string, port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UsageError(`${port} is not a port`, 'give --port a number from 0 to 65535, or leave it out');
  }
  // Node takes an empty host for all addresses, which nobody means who leaves a variable empty.
  if (host.trim() === '') {
    throw new UsageError('the host is empty', 'give --host an address of this machine, or leave it out');
  }
}

/** What went wrong when listening, in the user's terms; anything unexpected is returned as it is. */
export function listenError(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  switch (code) {
    case 'EADDRINUSE':
      return new EmnistError(
        'port-taken',
        `port ${port} is taken by another program`,
        'choose another with --port, or leave it out',
        options,
      );
    case 'EACCES':
    case 'EPERM':
      return new EmnistError(
        'port-forbidden',
        `the system does not allow you to use port ${port}`,
        'choose one from 1024 up with --port, or leave it out',
        options,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
    case 'EAFNOSUPPORT':
      return new EmnistError(
        'host-unknown',
        `"${host}" is no address of this machine (${messageOf(error)})`,
        'leave out --host to draw on this machine, or use --host 0.0.0.0 to draw on others in your network',
        options,
      );
    default:
      return error;
  }
}
