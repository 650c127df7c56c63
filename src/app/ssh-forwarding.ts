import { userInfo } from 'node:os';

/**
 * How a user who is connected to this machine by SSH reaches a URL of it from their own computer: a command to run there,
 * and the URL to open then. Null when the user is not connected by SSH.
 */
export function sshForwarding(env: NodeJS.ProcessEnv, url: string): { command: string; url: string } | null {
  // The address and port of the client, then those of the server (ssh(1)).
  const [, , address, sshPort] = env.SSH_CONNECTION?.split(' ') ?? [];
  if (!address) return null;
  const { port, host, href } = new URL(url);
  const other = sshPort && sshPort !== '22' ? `-p ${sshPort} ` : '';
  return {
    command: `ssh -L ${port}:${host} ${other}${user(env)}${address}`,
    url: href.replace(host, `127.0.0.1:${port}`),
  };
}

/** Empty if the user has no name. */
function user(env: NodeJS.ProcessEnv): string {
  if (env.USER) return `${env.USER}@`;
  try {
    return `${userInfo().username}@`;
  } catch {
    return ''; // a user without an entry in the system's list
  }
}
