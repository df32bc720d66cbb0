export interface Work<Item, Player, Result> {
  readonly items: readonly Item[];
  readonly players: readonly Player[];
  do(player: Player, item: Item): Promise<Result>;
  /** Whether nothing behind it counts any more. */
  isLast(result: Result): boolean;
  /** Told of each as it ends, in whichever order. */
  told(result: Result): void;
  readonly stop: AbortSignal;
}

/**
 * Does the work with all players at once, and gives the results in the order of the items: the
 * same ones however many players there are, and whichever of them is faster.
 */
export async function sideBySide<Item, Player, Result>({
  items,
  players,
  stop,
  ...work
}: Work<Item, Player, Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let end = items.length;
  const one = async (player: Player): Promise<void> => {
    while (next < end) {
      stop.throwIfAborted();
      const at = next++;
      try {
        const result = await work.do(player, items[at] as Item);
        if (at >= end) continue;
        results[at] = result;
        work.told(result);
        if (work.isLast(result)) end = at + 1;
      } catch (error) {
        end = 0;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(players.map(one));
  stop.throwIfAborted();
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  return results.slice(0, end);
}
