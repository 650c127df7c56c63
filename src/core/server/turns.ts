/** Who waits: connections from the same address compete with each other. */
interface Participant {
  readonly address: string;
}

interface Waiting<Work> {
  work: Work;
  cost: number;
  readonly since: number;
}

/**
 * Whose drawing is read next, when several wait. One thread reads all of them, and a drawing at the limits takes several
 * times as long as a usual one. A drawing that costs ten times as much therefore waits a hundred times as long, and so do
 * drawings of an address from which ten clients wait. Nobody waits forever.
 */
export class Turns<Client extends Participant, Work> {
  /** The latest work of each client, since it has last had its turn. */
  readonly #waiting = new Map<Client, Waiting<Work>>();

  /** Lets a client wait with work, which replaces what it waited with. `cost`: relative to a usual drawing. */
  wait(client: Client, work: Work, cost: number): void {
    const since = this.#waiting.get(client)?.since ?? performance.now();
    this.#waiting.set(client, { work, cost, since });
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Takes the next work that costs at most `maxCost`; null if nobody waits with any. */
  next(maxCost = Number.POSITIVE_INFINITY): { client: Client; work: Work; cost: number } | null {
    const now = performance.now();
    const perAddress = new Map<string, number>();
    for (const { address } of this.#waiting.keys()) perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    let first: { client: Client; work: Work; cost: number; urgency: number } | null = null;
    for (const [client, { work, cost, since }] of this.#waiting) {
      if (cost > maxCost) continue;
      const urgency = (now - since + 1) / (cost * perAddress.get(client.address)!) ** 2;
      if (!first || urgency > first.urgency) first = { client, work, cost, urgency };
    }
    if (!first) return null;
    this.#waiting.delete(first.client);
    return first;
  }

  /** Forgets what a client waits with. */
  leave(client: Client): void {
    this.#waiting.delete(client);
  }

  clear(): void {
    this.#waiting.clear();
  }
}
