/** What `--offline` comes to: options and features call it the same. */
export function offlineGiven(given: { readonly offline?: unknown }): { offline?: true } {
  return given.offline === true ? { offline: true } : {};
}
