import type { Values } from "./section.ts";

/** Whatever is named in its place, the service is asked itself. */
export function askProvider(values: Values): void {
  for (const key of ["url", "host", "port"]) values.delete(`health.${key}`);
  values.set("health.check", { value: "provider", origin: { kind: "flag", name: "--sandbox" } });
}

/** Decides what is asked, and reports what is missing for it. */
export function settleHealth(values: Values): void {
  const check = values.get("health.check");
  const has = (key: string) => values.has(`health.${key}`);
  if (check === undefined) {
    const found = has("url") ? "http" : has("host") || has("port") ? "tcp" : "provider";
    values.set("health.check", { value: found, origin: { kind: "default" } });
  }
  const wanted = values.get("health.check")?.value;
  const missing = (wanted === "http" ? ["url"] : wanted === "tcp" ? ["host", "port"] : []).filter(
    (key) => !has(key),
  );
  if (missing.length === 0) return;
  const place = check ?? values.get("health.host") ?? values.get("health.port");
  const message = `A check by ${wanted} needs ${missing.map((key) => `"${key}"`).join(" and ")}.`;
  place?.blame?.("CONFIG_MISSING_KEY", message);
}
