export interface Group<In, Out> {
  /** Resolves with the item's result when the commit that it shares has returned. */
  add(item: In): Promise<Out>;
  /** Commits at once what waits. */
  flush(): void;
}

/**
 * Gathers what is added in one turn of the event loop, and while a commit blocks it, into one
 * commit: a hundred writers pay for one sync to the disk. When the commit throws, everybody
 * who shared it is told.
 */
export function group<In, Out>(commit: (batch: readonly In[]) => readonly Out[]): Group<In, Out> {
  let waiting: { item: In; resolve(out: Out): void; reject(error: unknown): void }[] = [];

  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      const results = commit(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Out);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (waiting.length === 1) setImmediate(flush);
      }),
    flush,
  };
}
