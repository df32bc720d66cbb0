/** Where the gateway's facts stand in the `Memo`. */
export const breakerPrefix = "breaker ";

export function breakerKey(integration: string): string {
  return breakerPrefix + integration;
}

export function limitKey(integration: string): string {
  return `limit ${integration}`;
}
