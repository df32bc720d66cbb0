/** Further from any moment than any zone's clocks are from UTC, or from themselves after a change. */
const day = 86_400_000;
const offset = /(?:Z|[+-]\d\d:?\d\d)$/i;

/**
 * The instant that a date with a time means, in ms since the epoch: one without an offset is meant
 * in the time zone (an IANA name), and in UTC without one, wherever testx runs. `NaN` for no date.
 */
export function instantOf(text: string, zone = "UTC"): number {
  if (offset.test(text)) return Date.parse(text);
  const local = Date.parse(`${text}Z`);
  if (Number.isNaN(local) || zone === "UTC") return local;
  const before = offsetMs(local - day, zone);
  const offsets = [before, offsetMs(local + day, zone)];
  // An hour that the clock repeats is meant as before the change; so is one that it skips, which
  // no offset fits. Dates in JavaScript have it so too: https://tc39.es/ecma262/#sec-utc-t
  return local - (offsets.find((ahead) => offsetMs(local - ahead, zone) === ahead) ?? before);
}

/** How far a zone's clocks are ahead of UTC at an instant, in ms. Throws RangeError. */
export function offsetMs(at: number, zone: string): number {
  const parts = formatOf(zone).formatToParts(at);
  const [year = 0, month = 1, ...rest] = fields.map((type) =>
    Number(parts.find((part) => part.type === type)?.value),
  );
  return Date.UTC(year, month - 1, ...rest) - Math.floor(at / 1000) * 1000;
}

const fields = ["year", "month", "day", "hour", "minute", "second"] as const;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
}

export function isTimeZone(name: string): boolean {
  try {
    return formatOf(name) !== undefined;
  } catch {
    return false;
  }
}
