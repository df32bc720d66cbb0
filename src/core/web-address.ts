/**
 * Hosts from which machines in a cloud get their credentials; nothing that a team sets up lives
 * there. AWS, Google, Azure, DigitalOcean, OpenStack: 169.254.169.254; AWS also fd00:ec2::254;
 * Alibaba 100.100.100.200; Oracle 192.0.0.192; Azure's host agent 168.63.129.16.
 */
const metadataNames: ReadonlySet<string> = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
]);
const metadataIpv4: ReadonlySet<string> = new Set([
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
]);
/** fd00:ec2::/32: the instance services of AWS. */
const ec2 = [0xfd00, 0x0ec2];

/**
 * Why testx must not send a request to `text`, as the end of a sentence that begins with the
 * address; `undefined` when it may. Loopback and private addresses are the user's own choice. A
 * name that resolves to a refused address is not seen here.
 */
export function webAddressProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return "is not a URL";
  if (url.protocol !== "http:" && url.protocol !== "https:") return "is not http or https";
  if (url.username !== "" || url.password !== "") return "carries a user name or password";
  if (isMetadataHost(url.hostname)) return "is a link-local or cloud metadata address";
  return undefined;
}

/** As `webAddressProblem`, of a host alone: a name or an address, IPv6 with or without brackets. */
export function hostProblem(host: string): string | undefined {
  const written = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const url = URL.parse(`http://${written}/`);
  const isHost = url !== null && url.host !== "" && url.host === url.hostname;
  if (!isHost || /[/?#@\\\s]/.test(host)) return "is not a name or an address";
  return isMetadataHost(url.hostname) ? "is a link-local or cloud metadata address" : undefined;
}

/** Whether an address to which a name resolved, `169.254.169.254` or `fe80::1`, is refused. */
export function isRefusedAddress(ip: string): boolean {
  const bare = ip.replace(/%.*$/, "");
  const url = URL.parse(`http://${bare.includes(":") ? `[${bare}]` : bare}/`);
  return url === null || isMetadataHost(url.hostname);
}

/**
 * Whether a host is one of those, or an address of theirs; `hostname` as the URL parser gives it:
 * decimal, hex and octal forms are dotted by then.
 */
export function isMetadataHost(hostname: string): boolean {
  const host = hostname.replace(/\.+$/, "").toLowerCase();
  if (host.startsWith("[")) return isMetadataIpv6(host.slice(1, -1));
  return metadataNames.has(host) || isMetadataIpv4(host);
}

/** Whether a host is this very machine; `hostname` as the URL parser gives it. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname);
}

function isMetadataIpv4(host: string): boolean {
  return /^169\.254\.\d+\.\d+$/.test(host) || metadataIpv4.has(host);
}

function isMetadataIpv6(host: string): boolean {
  const groups = expand(host);
  const [first = 0, second = 0] = groups;
  if ((first & 0xffc0) === 0xfe80) return true;
  if (first === ec2[0] && second === ec2[1]) return true;
  return embeddedIpv4(groups).some(isMetadataIpv4);
}

/** The IPv4 addresses that an IPv6 one may lead to: mapped, compatible, NAT64 and 6to4. */
function embeddedIpv4(groups: readonly number[]): string[] {
  const [first = 0, second = 0, third = 0] = groups;
  const high = groups.slice(0, 5).every((group) => group === 0);
  const mapped = high && (groups[5] === 0xffff || groups[5] === 0);
  const translated = groups.slice(0, 4).every((group) => group === 0) && groups[4] === 0xffff;
  const nat64 = first === 0x64 && second === 0xff9b;
  const found: string[] = [];
  if (mapped || translated || nat64) found.push(dotted(groups[6] ?? 0, groups[7] ?? 0));
  if (first === 0x2002) found.push(dotted(second, third));
  return found;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

/** The eight groups of a valid address in the URL parser's compressed form. */
function expand(host: string): number[] {
  const [head = "", tail] = host.split("::");
  const numbers = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const before = numbers(head);
  if (tail === undefined) return before;
  const after = numbers(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** Scheme, host and path: a query can hold secrets. For messages and receipts. */
export function withoutQuery(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname}`;
}
