import { Usage } from './usage.ts';

interface Participant {
  /** The address that it is connected from. */
  readonly address: string;
}

/** Addresses that have used less than this lately are forgotten. */
const NEGLIGIBLE_MS = 1;

/**
 * Whose drawing is read next, when several wait. One thread reads all of them, and a drawing at the limits takes a hundred
 * times as long as a usual one. So those go first who have used the least time lately, by address and then by client:
 * whoever sends expensive drawings, or opens many connections, waits for themselves.
 */
export class Turns<Client extends Participant, Work> {
  /** The latest work of each client, longest waiting first. */
  readonly #waiting = new Map<Client, Work>();
  readonly #clients = new Map<Client, Usage>();
  readonly #addresses = new Map<string, Usage>();

  /** Adds a client. It has used as much as the others of its address, so that reconnecting is no advantage. */
  join(client: Client): void {
    const others = [...this.#clients].filter(([{ address }]) => address === client.address);
    this.#clients.set(client, new Usage(Math.max(0, ...others.map(([, usage]) => usage.now))));
  }

  leave(client: Client): void {
    this.#clients.delete(client);
    this.#waiting.delete(client);
    const addresses = new Set([...this.#clients.keys()].map(({ address }) => address));
    for (const [address, usage] of this.#addresses) {
      if (!addresses.has(address) && usage.now < NEGLIGIBLE_MS) this.#addresses.delete(address);
    }
  }

  /** Lets a client wait with new work, which replaces what it waited with. */
  wait(client: Client, work: Work): void {
    this.#waiting.set(client, work);
  }

  /** Takes the next work; null if nobody waits. */
  next(): [Client, Work] | null {
    let first: { client: Client; work: Work; address: number; own: number } | null = null;
    for (const [client, work] of this.#waiting) {
      const address = this.#addresses.get(client.address)?.now ?? 0;
      const own = this.#clients.get(client)?.now ?? 0;
      const isBefore = !first || (client.address === first.client.address ? own < first.own : address < first.address);
      if (isBefore) first = { client, work, address, own };
    }
    if (!first) return null;
    this.#waiting.delete(first.client);
    return [first.client, first.work];
  }

  /** Charges a client for the time that its work has taken. */
  charge(client: Client, milliseconds: number): void {
    this.#clients.get(client)?.add(milliseconds);
    const usage = this.#addresses.get(client.address) ?? new Usage();
    usage.add(milliseconds);
    this.#addresses.set(client.address, usage);
  }

  clear(): void {
    this.#waiting.clear();
  }
}
