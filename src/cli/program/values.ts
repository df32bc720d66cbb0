import { InvalidArgumentError } from "commander";

/** An option that may be repeated. */
export function several(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** A path. Nothing at all, as of a variable that is not set, would be the folder one is in. */
export function named(value: string): string {
  if (value === "") throw new InvalidArgumentError("It must name something.");
  return value;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `30s`, `5m`, `2h`, `500ms`, `30`: in ms. */
export function time(value: string): number {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value.trim()) ?? [];
  const ms = Number(number) * (units[unit] as number);
  if (number === undefined || ms > 86_400_000) {
    throw new InvalidArgumentError(
      "It must be a time of at most a day, such as 500ms, 30s, 5m or 2h.",
    );
  }
  return Math.round(ms);
}

/** `24h`, `7d`, `90m`: in ms. */
export function past(value: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(m|h|d)$/.exec(value.trim()) ?? [];
  const ms = Number(number) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as "m" | "h" | "d"];
  if (number === undefined || ms > 30 * 86_400_000) {
    throw new InvalidArgumentError("It must be a time of at most 30d, such as 90m, 24h or 7d.");
  }
  return Math.round(ms);
}

/** `20` */
export function many(value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) {
    throw new InvalidArgumentError("It must be a whole number from 1.");
  }
  return Number(value);
}

export function port(value: string): number {
  const number = Number(value);
  if (!/^\d{1,5}$/.test(value) || number > 65_535) {
    throw new InvalidArgumentError("It must be a number from 0 to 65535.");
  }
  return number;
}
