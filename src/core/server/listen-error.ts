import { EmnistError, invalidOption, messageOf } from '../errors.ts';

/**
 * Checks what the user asked to listen on, before it is tried.
 *
 * @throws EmnistError `usage`
 */
export function checkListen(host: string, port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw invalidOption('port', port, 'a whole number from 0 to 65535');
  }
  // Node takes an empty host for all addresses, which nobody means who leaves a variable empty.
  if (host.trim() === '') {
    throw invalidOption('host', host, 'an address of this machine');
  }
}

/** What went wrong when listening, in the user's terms; anything unexpected is returned as it is. */
export function listenError(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  switch (code) {
    case 'EADDRINUSE':
      return new EmnistError('port-taken', `port ${port} is already in use`, { port }, options);
    case 'EACCES':
    case 'EPERM':
      return new EmnistError('port-forbidden', `permission denied for port ${port}`, { port }, options);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
    case 'EAFNOSUPPORT':
      return new EmnistError(
        'host-unknown',
        `"${host}" is not an address of this machine (${messageOf(error)})`,
        { host },
        options,
      );
    default:
      return error;
  }
}
