import { seeded } from "./fake-clock.ts";

/** Works through the items with so many workers at once, each with a thing of its own. */
export async function workThrough<Item, Own extends { close(): Promise<void> }>(
  items: readonly Item[],
  workers: number,
  make: () => Promise<Own>,
  work: (own: Own, item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    const own = await make();
    try {
      for (let at = next++; at < items.length; at = next++) await work(own, items[at]!);
    } finally {
      await own.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, items.length) }, worker));
}

/** So many of the items, the same ones for the same seed. */
export function sample<Item>(items: readonly Item[], count: number, seed: number): Item[] {
  const random = seeded(seed);
  const left = [...items];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [item] = left.splice(Math.floor(random() * left.length), 1);
    return item!;
  });
}
