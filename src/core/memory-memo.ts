import type { Json } from "./json.ts";
import type { Memo } from "./ports.ts";

/** What is remembered only as long as the process lives. */
export function memoryMemo(): Memo {
  const facts = new Map<string, Json>();
  return {
    get: (key) => facts.get(key),
    update(key, change) {
      const next = change(facts.get(key));
      if (next === undefined) facts.delete(key);
      else facts.set(key, next);
    },
    all: (prefix) =>
      new Map(
        [...facts].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
  };
}
