import { EmnistError, messageOf } from '../errors.ts';

/** The error for a failure to listen, in the user's terms. Unexpected errors are returned unchanged. */
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
