/**
 * What is costly to make and seldom needed: made at the first call, kept for the others. Schemas
 * above all: a command uses few of those that its modules declare.
 */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
