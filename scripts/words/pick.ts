/** A random one of some items, which are all equally likely. `random`: uniform from 0 to below 1. */
export function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)]!;
}
