import type { Client } from './client.ts';

/** A page on which nothing has been drawn for this long may have to make room for a new one. */
const IDLE_MS = 30_000;
/** The same once something has been drawn on it. */
const DRAWN_IDLE_MS = 10 * 60_000;

/** What is known of a page. */
export type PageUse = Pick<Client, 'address' | 'isSilent' | 'isSlowedDown' | 'hasDrawn' | 'lastDrawingAt'>;

/**
 * The page to close for a new one from an address: one that is gone, idle, or sends more than it may, or else one of an address that has
 * more than its share. Undefined if none can be closed.
 */
export function expendableClient<Page extends PageUse>(clients: readonly Page[], address: string): Page | undefined {
  const now = performance.now();
  const dead = clients.find((client) => client.isSilent);
  const idle = clients
    .filter(({ hasDrawn, lastDrawingAt }) => now - lastDrawingAt > (hasDrawn ? DRAWN_IDLE_MS : IDLE_MS))
    .sort((a, b) => Number(a.hasDrawn) - Number(b.hasDrawn) || a.lastDrawingAt - b.lastDrawingAt)[0];
  const greedy = clients.find((client) => client.isSlowedDown);
  return dead ?? idle ?? greedy ?? newestOfLargest(clients, address);
}

/** The newest page of the address that has the most, if it has more than its share compared to another address. */
function newestOfLargest<Page extends PageUse>(clients: readonly Page[], address: string): Page | undefined {
  const byAddress = Map.groupBy(clients, (client) => client.address);
  const [largest = []] = [...byAddress.values()].sort((a, b) => b.length - a.length);
  return largest.length > (byAddress.get(address)?.length ?? 0) + 1 ? largest.at(-1) : undefined;
}
