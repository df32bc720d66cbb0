/** The password in it, and what its query holds: nobody is shown them. */
export function cacheSecrets(address: string): string[] {
  const url = URL.parse(address);
  if (url === null) return [];
  const parts = [url.password, ...url.searchParams.values()].filter((part) => part !== "");
  return parts.flatMap((part) => [part, decoded(part)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The file that an address `sqlite:FILE` names. */
export function namedFile(address: string | undefined): string | undefined {
  return /^sqlite:(?:\/\/)?(.+)$/is.exec(address ?? "")?.[1];
}

/** As people are shown it. */
export function cacheAddressText(address: string): string {
  const url = URL.parse(address);
  if (url === null || (url.password === "" && url.username === "" && url.search === "")) {
    return address;
  }
  const user = url.password === "" ? url.username : `${url.username}:***`;
  const query = url.search === "" ? "" : "?…";
  return `${url.protocol}//${user === "" ? "" : `${user}@`}${url.host}${url.pathname}${query}`;
}
