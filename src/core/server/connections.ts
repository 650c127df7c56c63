import type { Socket } from 'node:net';

/** Maximum number of connections that have not shown the token: for browsers that open a few ahead of time. */
export const MAX_STRANGERS = 64;

/**
 * Keeps connections that have not shown the token, idle ones and those that send a request byte by byte, from keeping others
 * out: the oldest makes room for a new one, from the address that has the most.
 */
export class Connections {
  /** Addresses by connection, oldest first. */
  readonly #strangers = new Map<Socket, string>();

  /** Adds a new connection. */
  add(socket: Socket): void {
    this.#strangers.set(socket, socket.remoteAddress ?? '');
    socket.on('close', () => this.#strangers.delete(socket));
    if (this.#strangers.size > MAX_STRANGERS) this.#evict();
  }

  /** The connection has shown the token. */
  trust(socket: Socket): void {
    this.#strangers.delete(socket);
  }

  #evict(): void {
    const counts = new Map<string, number>();
    for (const address of this.#strangers.values()) counts.set(address, (counts.get(address) ?? 0) + 1);
    const most = Math.max(...counts.values());
    for (const [socket, address] of this.#strangers) {
      if (counts.get(address) !== most) continue;
      this.#strangers.delete(socket);
      socket.destroy();
      return;
    }
  }
}
