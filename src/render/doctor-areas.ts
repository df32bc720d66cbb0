import type { Area, CheckReport, Consequence, Diagnosis } from "../core/diagnosis.ts";
import type { Paint, Symbols, Terminal } from "./terminal.ts";
import { hanging, oneLine, pad } from "./text.ts";

const titles: Readonly<Record<Area, string>> = {
  runtime: "Runtime",
  configuration: "Configuration",
  state: "State",
  secrets: "Secrets",
  network: "Network",
  clock: "Clock",
  services: "Services",
  drift: "Set-up things",
  cache: "Cache",
  breakers: "Breakers",
};

/** What doctor is about, while it looks. */
export function lookingText({ id, title }: Pick<CheckReport, "id" | "title">): string {
  const area = titles[id.slice(0, id.indexOf(".")) as Area].toLowerCase();
  return `Looking at ${area}: ${oneLine(title)}`;
}

const labelColumns = Math.max(...Object.values(titles).map((title) => title.length));
/** All that is needed to show a diagnosis. */
export interface Page {
  readonly diagnosis: Diagnosis;
  readonly terminal: Terminal;
  readonly columns: number;
  readonly paint: Paint;
  readonly symbols: Symbols;
  readonly verbose: boolean;
}

/** `✔ State          1 run, 12 writes to undo`: what is fine in a line, what is not below it. */
export function areaLines(area: Area, checks: readonly CheckReport[], page: Page): string[] {
  const { diagnosis, paint, symbols, verbose, columns } = page;
  const found = new Map(
    [...diagnosis.findings, ...diagnosis.consequences]
      .filter(({ severity }) => severity !== "note")
      .map((finding) => [finding.check, finding]),
  );
  const bad = checks.filter(({ id }) => found.has(id));
  const own = bad.filter(({ id }) => diagnosis.findings.some(({ check }) => check === id));
  const skipped = checks.filter(({ status }) => status === "skipped");
  const [symbol, tone] =
    own.length > 0
      ? worst(own, page)
      : bad.length > 0 || skipped.length > 0
        ? ["-", paint.faint]
        : [symbols.done, paint.good];
  const title = pad(titles[area], labelColumns);
  const head = `${symbol} ${title}  `;
  const line = (text: string): string[] => {
    const [first = "", ...rest] = hanging(head, text, columns);
    return [first.replace(head, `${tone(symbol)} ${title}  `), ...rest].map((one) => one.trimEnd());
  };
  if (verbose) {
    return [...line(""), ...checks.flatMap((check) => checkLines(check, page))];
  }
  return line(summary(area, checks, bad, skipped, diagnosis));
}

function worst(checks: readonly CheckReport[], { diagnosis, paint, symbols }: Page) {
  const ids = new Set(checks.map(({ id }) => id));
  const isError = diagnosis.findings.some(
    ({ check, severity }) => ids.has(check) && severity === "error",
  );
  return isError
    ? ([symbols.failed, paint.bad] as const)
    : ([symbols.warning, paint.warn] as const);
}

function summary(
  area: Area,
  checks: readonly CheckReport[],
  bad: readonly CheckReport[],
  skipped: readonly CheckReport[],
  { findings, consequences, checks: all }: Diagnosis,
): string {
  if (bad.length > 0) {
    const told = ({ check, severity }: Consequence | Diagnosis["findings"][number]): boolean =>
      severity !== "note" && bad.some(({ id }) => id === check);
    const own = findings.filter(told).map(({ code }) => code);
    const others = consequences.filter(told).map(({ because: { code } }) => code);
    // What follows from what is told here is told with it.
    const because = others
      .filter((code) => !own.includes(code))
      .map((code) => `because of ${code}`);
    return listed(counted([...own, ...because]), 3);
  }
  if (skipped.length === checks.length) {
    const ways = skipped.flatMap(({ because, evidence }) =>
      because === undefined ? evidence.map(oneLine) : [spoken(because, all)],
    );
    return `not looked at: ${listed([...new Set(ways)], 3)}`;
  }
  const fine = checks.filter(({ status }) => status !== "skipped");
  const text =
    brief[area]?.(fine) ?? listed(factsOf(area === "runtime" ? fine.slice(0, 1) : fine), 3);
  if (skipped.length === 0) return text;
  const left = `not looked at: ${listed(
    skipped.filter(({ id }) => !aside.has(id)).map(({ title }) => oneLine(title)),
    4,
  )}`;
  return text === "" ? left : `${text}; ${left}`;
}

const factsOf = (checks: readonly CheckReport[]): string[] =>
  checks.flatMap(({ evidence }) => evidence.slice(0, 1).map(oneLine));

const names = (checks: readonly CheckReport[]): string =>
  checks.map(({ title }) => oneLine(title)).join(", ");

/** What of an area's facts is worth a line when all is well; left out: the first of each check. */
const brief: Partial<Record<Area, (checks: readonly CheckReport[]) => string>> = {
  state: (checks) => {
    const fact = (id: string) => checks.find((check) => check.id === id)?.evidence[0] ?? "";
    const [journal, deferred] = [fact("state.journal"), fact("state.deferred")];
    if (journal.startsWith("0 runs")) return fact("state.runs");
    return deferred === "none" ? journal : `${journal}, deferred: ${deferred}`;
  },
  secrets: (checks) =>
    names(checks.filter(({ evidence, id }) => evidence.length > 0 && !aside.has(id))) ||
    "none needed",
  network: (checks) =>
    listed(
      checks
        .filter(({ id }) => id.endsWith(".http"))
        .flatMap(({ title, evidence: [fact = ""] }) => {
          const ms = /(\d+ ms)$/.exec(fact)?.[1];
          return `${oneLine(title).replace(/: \w+$/, "")}${ms === undefined ? "" : ` ${ms}`}`;
        }),
      3,
    ),
  services: (checks) =>
    listed(
      checks.flatMap(({ title, evidence: [fact] }) => {
        const who = / as (.*), in \d+ ms$/.exec(fact ?? "")?.[1];
        return fact === undefined ? [] : oneLine(`${title}${who === undefined ? "" : ` (${who})`}`);
      }),
      6,
    ),
  drift: (checks) =>
    listed(
      checks.flatMap(({ evidence }) => evidence.map(oneLine)),
      5,
    ),
  breakers: (checks) => counted(factsOf(checks)).join(", "),
};

/** Of those nothing is told where nothing is wrong. */
const aside: ReadonlySet<string> = new Set([
  ...["secrets.env-file", "secrets.committed", "secrets.files", "services.together"],
]);

/** `secrets.slack` is what slack needs of secrets; of the network, a host and a layer of it. */
function spoken(check: string, checks: readonly CheckReport[]): string {
  const [area = "", ...rest] = check.split(".");
  const known = area === "network" && checks.find(({ id }) => id === check);
  if (known) return oneLine(known.title);
  return `${titles[area as Area]?.toLowerCase() ?? area} of ${rest.join(" ")}`;
}

function counted(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, many]) => (many === 1 ? word : `${word} (${many})`));
}

function listed(items: readonly string[], most: number): string {
  const shown = items.slice(0, most);
  const more = items.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

function checkLines(check: CheckReport, page: Page): string[] {
  const { diagnosis, paint, symbols, columns } = page;
  const { id, title, evidence, status, because, durationMs } = check;
  const faint = (text: string): string[] =>
    hanging("    ", text, columns).map((line) => paint.faint(line));
  if (status === "skipped") {
    const why = because === undefined ? evidence.map(oneLine) : [`because of ${because}`];
    return faint(`${title}: ${["not looked at", ...why].join(", ")}`);
  }
  const follows = diagnosis.consequences.find((one) => one.check === id);
  if (follows) {
    return faint(`${title}: ${oneLine(follows.what)} It follows from ${follows.because.code}.`);
  }
  const own = diagnosis.findings.filter((one) => one.check === id && one.severity !== "note");
  const [mark, tone] = own.length > 0 ? worst([check], page) : [symbols.done, paint.good];
  const facts = evidence.map(oneLine).join(", ");
  const time = durationMs >= 100 ? ` (${durationMs} ms)` : "";
  const text = `${oneLine(title)}${facts === "" ? "" : `: ${facts}`}${time}`;
  const head = `  ${mark} `;
  const [first = "", ...rest] = hanging(head, text, columns);
  return [first.replace(head, `  ${tone(mark)} `), ...rest];
}
