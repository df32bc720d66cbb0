/** One sample of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

const word = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const label = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\n"])*"`;
const line = new RegExp(`^(${word})(?:\\{(${label}(?:,${label})*)?\\})? (\\S+)$`);

/**
 * A strict reader of the text format, version 0.0.4: each family's lines together, HELP and TYPE
 * once and before its samples, no sample twice, histograms whole.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const families = new Map<string, Family & { type: string; help: string }>();
  const seen = new Set<string>();
  let current = "";
  for (const row of text.slice(0, -1).split("\n")) {
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(row) ?? [];
    if (keyword === "HELP") {
      if (families.has(name)) throw new Error(`${name} is told in two places`);
      families.set(name, { type: "", help: rest, samples: [] });
      current = name;
      continue;
    }
    const family = families.get(current);
    if (family === undefined) throw new Error(`before HELP: ${row}`);
    if (keyword === "TYPE") {
      if (name !== current || family.type !== "") throw new Error(`TYPE out of place: ${row}`);
      if (!/^(counter|gauge|histogram|summary|untyped)$/.test(rest)) throw new Error(rest);
      family.type = rest;
      continue;
    }
    const match = line.exec(row);
    if (match === null) throw new Error(`no sample: ${row}`);
    const [, metric = "", labels = "", value = ""] = match;
    const base = family.type === "histogram" ? metric.replace(/_(bucket|sum|count)$/, "") : metric;
    if (base !== current) throw new Error(`${metric} stands under ${current}`);
    if (!/^[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)$|^NaN$/i.test(value)) throw new Error(row);
    if (seen.has(`${metric}{${labels}}`)) throw new Error(`twice: ${row}`);
    seen.add(`${metric}{${labels}}`);
    family.samples.push({ name: metric, labels: labelsOf(labels), value: Number(value) });
  }
  for (const [name, family] of families) {
    if (family.type === "counter" && !name.endsWith("_total")) throw new Error(name);
    if (family.type === "histogram") checkHistogram(name, family.samples);
  }
  return families;
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = "", value = ""] of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
    if (Object.hasOwn(labels, name)) throw new Error(`${name} twice in ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, sign: string) => (sign === "n" ? "\n" : sign));
  }
  return labels;
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const series = Map.groupBy(samples, ({ labels: { le: _, ...rest } }) => JSON.stringify(rest));
  for (const [labels, mine] of series) {
    const buckets = mine.filter((sample) => sample.name === `${name}_bucket`);
    const count = mine.find((sample) => sample.name === `${name}_count`)?.value;
    const values = buckets.map(({ value }) => value);
    const bounds = buckets.map(({ labels: { le } }) =>
      Number(String(le).replace("+Inf", "Infinity")),
    );
    if (values.some((value, at) => at > 0 && value < (values[at - 1] as number))) {
      throw new Error(`${name}${labels}: buckets decrease`);
    }
    if (bounds.some((bound, at) => at > 0 && bound <= (bounds[at - 1] as number))) {
      throw new Error(`${name}${labels}: bounds are out of order`);
    }
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY || values.at(-1) !== count) {
      throw new Error(`${name}${labels}: +Inf is not the count`);
    }
    if (!mine.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name}: no sum`);
  }
}
