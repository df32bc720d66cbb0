import * as z from "zod";
import { once } from "../../core/once.ts";

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const written = /^(\d{1,9})\s?(ms|s|m|h|d)$/;

/** No duration of the settings is longer: 30 days. */
const longest = 30 * 86_400_000;

/** `1500`, `"30s"`, `"5m"`, `"4h"` or `"1d"` in ms; the schema below has let nothing else through. */
export function milliseconds(duration: string | number): number {
  if (typeof duration === "number") return duration;
  const [, count = "", unit = ""] = written.exec(duration) ?? [];
  return Number(count) * (units[unit] as number);
}

/** A duration: milliseconds, or text with a unit. */
export const duration = once(() =>
  z.union([
    z.int().min(0).max(longest),
    z
      .string()
      .regex(written, 'A duration is milliseconds, or text such as "30s", "5m", "4h" or "1d"')
      .refine((text) => !written.test(text) || milliseconds(text) <= longest, {
        message: "A duration is at most 30 days",
      }),
  ]),
);

/** A duration that takes some time. */
export const period = once(() =>
  duration().refine((value) => !isReadable(value) || milliseconds(value) > 0, {
    message: "This must be longer than nothing",
  }),
);

function isReadable(value: string | number): boolean {
  return typeof value === "number" || written.test(value);
}
