import type { Area, CheckReport, Consequence, Diagnosis, Finding } from "../core/diagnosis.ts";
import {
  type Paint,
  paintFor,
  type Symbols,
  symbolsFor,
  type Terminal,
  withOptions,
} from "./terminal.ts";
import { count, cut, hanging, oneLine, pad, width } from "./text.ts";

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
const labelColumns = Math.max(...Object.values(titles).map((title) => title.length));
/** Where nothing wraps by itself, in a file or a pipe, so that an e-mail does not. */
const usualColumns = 80;
/** Further findings that are shown without `--verbose`. */
const mostShown = 8;

type Shown = Omit<Finding, "explains">;

interface Page {
  readonly diagnosis: Diagnosis;
  readonly terminal: Terminal;
  readonly columns: number;
  readonly paint: Paint;
  readonly symbols: Symbols;
  readonly verbose: boolean;
}

/** The cause and the next command first; then an area a line; then what else was found. */
export function doctorLines(
  diagnosis: Diagnosis,
  terminal: Terminal,
  { verbose }: { readonly verbose: boolean },
): string[] {
  const columns = Number.isFinite(terminal.width) ? terminal.width : usualColumns;
  const paint = paintFor(terminal);
  const page = { diagnosis, terminal, columns, paint, verbose, symbols: symbolsFor(terminal) };
  const told = together(diagnosis);
  const lines = [...headline(told, page), ""];
  for (const [area, checks] of Map.groupBy(diagnosis.checks, (check) => check.area)) {
    lines.push(...areaLines(area, checks, page));
  }
  const others = diagnosis.findings.filter((finding) => !told.includes(finding));
  const wanted = verbose ? others : others.filter(({ severity }) => severity !== "note");
  const shown = wanted.slice(0, verbose ? wanted.length : mostShown);
  for (const finding of shown) lines.push("", ...findingLines(finding, page));
  const more = others.length - shown.length;
  if (more > 0) {
    const many = count(more, "thing");
    const text = `${many} more to know: \`testx doctor --verbose\` shows ${more === 1 ? "it" : "them"}.`;
    lines.push("", ...hanging("", withOptions(text, terminal), columns));
  }
  return lines;
}

/** What is missing is one headline, however much it is. */
const missing: ReadonlySet<string> = new Set(["SECRET_MISSING", "ENV_MISSING"]);

function together({ cause, findings }: Diagnosis): readonly Shown[] {
  if (cause === undefined) return [];
  const [first] = findings.filter((one) => same(one, cause));
  if (first === undefined || !missing.has(cause.code)) return findings.slice(0, 1);
  return findings.filter(({ code, severity }) => missing.has(code) && severity === "error");
}

function same(a: Shown, b: Shown): boolean {
  return a.check === b.check && a.code === b.code && a.about === b.about;
}

function headline(told: readonly Shown[], page: Page): string[] {
  const { diagnosis, symbols, paint, columns, terminal } = page;
  const [cause] = told;
  if (cause === undefined) {
    const many = diagnosis.checks.filter(({ status }) => status === "ok").length;
    const text = `Everything is fine: ${count(many, "check")}.`;
    return hanging(`${paint.good(symbols.done)} `, text, columns);
  }
  if (told.length > 1) return missingLines(told, page);
  const lines = findingLines(cause, page);
  const many = diagnosis.consequences.filter(({ because }) => because.code === cause.code).length;
  if (many > 0) {
    const what = count(many, "other thing follows", "other things follow");
    lines.push(...labelled("so", withOptions(`${what} from it`, terminal), page));
  }
  return lines;
}

function missingLines(told: readonly Shown[], page: Page): string[] {
  const { symbols, paint, columns } = page;
  const [cause] = told as [Shown, ...Shown[]];
  const head = `${symbols.failed} ${cause.code}  `;
  const text = `${told.length} things are missing; the first is ${cause.about}.`;
  const [first = "", ...rest] = hanging(head, text, columns);
  const lines = [first.replace(head, `${paint.bad(head.trimEnd())}  `), ...rest];
  lines.push(...labelled("next", oneLine(cause.fix.text), page));
  const names = told.map(({ about = "" }) => about);
  const wide = Math.max(...names.map(width));
  for (const [at, finding] of told.entries()) {
    const label = at === 0 ? "  all " : "      ";
    const why = finding.evidence[0] ?? (at === 0 ? "see above" : shortest(finding.fix.text));
    const name = pad(names[at] ?? "", wide);
    lines.push(cut(`${label}  ${name}  ${oneLine(why)}`.trimEnd(), columns, symbols.ellipsis));
  }
  return lines.map((line) => line.replace(/^ {2}all /, (label) => paint.faint(label)));
}

/** The link of a help text, or its beginning. */
function shortest(text: string): string {
  return /https?:\/\/[^\s,)]+/.exec(text)?.[0] ?? text;
}

function labelled(label: string, text: string, { columns, paint }: Page): string[] {
  const head = `  ${label.padEnd(4)}  `;
  const [first = "", ...rest] = hanging(head, text, columns);
  return [first.replace(head, paint.faint(head)), ...rest];
}

function findingLines(finding: Shown, page: Page): string[] {
  const { code, severity, what, evidence, fix, about } = finding;
  const { symbols, paint, terminal, columns } = page;
  const [symbol, tone] =
    severity === "error"
      ? [symbols.failed, paint.bad]
      : severity === "warning"
        ? [symbols.warning, paint.warn]
        : [symbols.detail, paint.faint];
  const head = `${symbol} ${code}  `;
  const [first = "", ...rest] = hanging(head, oneLine(what), columns);
  const lines = [first.replace(head, `${tone(head.trimEnd())}  `), ...rest];
  const next = fix.command === undefined ? [] : [withOptions(`\`${fix.command}\``, terminal)];
  const text = withOptions(oneLine(fix.text), terminal);
  lines.push(...labelled("next", [...next, text].join(next.length > 0 ? ": " : ""), page));
  const isExcerpt = evidence.some((fact) => /^\s*\d* \| /.test(fact));
  for (const [at, fact] of evidence.entries()) {
    const label = at === 0 ? "seen" : "";
    if (!isExcerpt) {
      lines.push(...labelled(label, oneLine(fact), page));
      continue;
    }
    // Marks stand below what they mark: nothing is wrapped.
    const place = at === 0 && about !== undefined ? about : fact.replace(/^ {2}/, "");
    lines.push(`  ${paint.faint(label.padEnd(4))}  ${cut(place, columns - 8, symbols.ellipsis)}`);
  }
  return lines;
}

/** `✔ State          1 run, 12 writes to undo`: what is fine in a line, what is not below it. */
function areaLines(area: Area, checks: readonly CheckReport[], page: Page): string[] {
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
      : bad.length > 0 || skipped.length === checks.length
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
  { findings, consequences }: Diagnosis,
): string {
  if (bad.length > 0) {
    const codes = [...findings, ...consequences]
      .filter(({ check, severity }) => severity !== "note" && bad.some(({ id }) => id === check))
      .map((finding) => {
        const { code } = finding as Partial<Consequence> & { code: string };
        return "because" in finding ? `because of ${(finding as Consequence).because.code}` : code;
      });
    return listed([...counted(codes)], 3);
  }
  if (skipped.length === checks.length) {
    const ways = [...new Set(skipped.map(({ because = "" }) => because))];
    return `not looked at: ${listed(ways.map(spoken), 3)}`;
  }
  return brief[area]?.(checks) ?? listed(factsOf(checks), 3);
}

const factsOf = (checks: readonly CheckReport[]): string[] =>
  checks.flatMap(({ evidence }) => evidence.slice(0, 1).map(oneLine));

const names = (checks: readonly CheckReport[]): string =>
  checks.map(({ title }) => oneLine(title)).join(", ");

/** What of an area's facts is worth a line when all is well; left out: the first of each check. */
const brief: Partial<Record<Area, (checks: readonly CheckReport[]) => string>> = {
  state: (checks) =>
    listed(factsOf(checks.filter(({ id }) => id !== "state.folder" && id !== "state.lock")), 3),
  secrets: (checks) =>
    names(checks.filter(({ evidence, id }) => evidence.length > 0 && !aside.has(id))),
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
  breakers: (checks) => counted(factsOf(checks)).join(", "),
};

/** Of those nothing is told where nothing is wrong. */
const aside: ReadonlySet<string> = new Set([
  ...["secrets.env-file", "secrets.committed", "secrets.files"],
]);

/** `secrets.slack` is what slack needs of secrets. */
function spoken(check: string): string {
  const [area = "", ...rest] = check.split(".");
  return `${titles[area as Area]?.toLowerCase() ?? area} of ${rest.join(" ")}`;
}

function counted(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, many]) => (many === 1 ? word : `${many} × ${word}`));
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
  if (status === "skipped") return faint(`${title}: not looked at, because of ${because}`);
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
