const prefix = "properties.";

/** Properties by name as top-level fields of a state. */
export function asFields<T>(
  properties: Readonly<Record<string, T>>,
): Record<`properties.${string}`, T> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [`${prefix}${name}`, value]),
  ) as Record<`properties.${string}`, T>;
}

/** The way back. */
export function fieldsOf(state: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(state)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}
