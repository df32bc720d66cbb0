import type { Area, CheckReport, Diagnosis, Finding } from "../core/diagnosis.ts";
import { type Paint, paintFor, symbolsFor, type Terminal, withOptions } from "./terminal.ts";
import { count, hanging, listing, oneLine } from "./text.ts";

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

type Shown = Omit<Finding, "explains">;

/** The cause and the next command first; then what was looked at; then the other findings. */
export function doctorLines(
  diagnosis: Diagnosis,
  terminal: Terminal,
  { verbose }: { readonly verbose: boolean },
): string[] {
  const paint = paintFor(terminal);
  const lines = [...headline(diagnosis, terminal, paint), ""];
  for (const [area, checks] of Map.groupBy(diagnosis.checks, (check) => check.area)) {
    lines.push(...areaLines(area, checks, diagnosis, terminal, paint, verbose));
  }
  const others = diagnosis.findings.slice(diagnosis.cause === undefined ? 0 : 1);
  const shown = verbose ? others : others.filter(({ severity }) => severity !== "note");
  for (const finding of shown) lines.push("", ...findingLines(finding, terminal, paint));
  const notes = others.length - shown.length;
  if (notes > 0) {
    const text = `${count(notes, "more thing")} to know: \`testx doctor --verbose\`.`;
    lines.push("", ...hanging("", withOptions(text, terminal), terminal.width));
  }
  return lines;
}

function headline({ cause, consequences }: Diagnosis, terminal: Terminal, paint: Paint): string[] {
  const symbols = symbolsFor(terminal);
  if (cause === undefined) {
    return hanging(`${paint.good(symbols.done)} `, "Everything is fine.", terminal.width);
  }
  const follows =
    consequences.length === 0
      ? ""
      : ` ${count(consequences.length, "other thing follows", "other things follow")} from it.`;
  return findingLines({ ...cause, what: `${cause.what}${follows}` }, terminal, paint);
}

function findingLines(finding: Shown, terminal: Terminal, paint: Paint): string[] {
  const { code, severity, what, evidence, fix } = finding;
  const symbols = symbolsFor(terminal);
  const [symbol, tone] =
    severity === "error"
      ? [symbols.failed, paint.bad]
      : severity === "warning"
        ? [symbols.warning, paint.warn]
        : [symbols.detail, paint.faint];
  const { width } = terminal;
  const head = `${symbol} ${code}  `;
  const [first = "", ...rest] = hanging(head, oneLine(what), width);
  const lines = [first.replace(head, `${tone(head.trimEnd())}  `), ...rest];
  for (const fact of evidence) lines.push(...hanging("  seen  ", oneLine(fact), width));
  const next = fix.command === undefined ? [] : [withOptions(`\`${fix.command}\``, terminal)];
  const text = withOptions(oneLine(fix.text), terminal);
  lines.push(...hanging("  next  ", [...next, text].join(next.length > 0 ? ": " : ""), width));
  return lines.map((line) => line.replace(/^ {2}(seen|next) {2}/, (label) => paint.faint(label)));
}

function areaLines(
  area: Area,
  checks: readonly CheckReport[],
  diagnosis: Diagnosis,
  terminal: Terminal,
  paint: Paint,
  verbose: boolean,
): string[] {
  const symbols = symbolsFor(terminal);
  const bad = new Set(
    [...diagnosis.findings, ...diagnosis.consequences]
      .filter(({ severity }) => severity !== "note")
      .map(({ check }) => check),
  );
  const found = checks.filter(({ id }) => bad.has(id));
  const skipped = checks.filter(({ status }) => status === "skipped");
  const mark =
    found.length > 0
      ? paint.bad(symbols.failed)
      : skipped.length === checks.length
        ? paint.faint("-")
        : paint.good(symbols.done);
  const lines = [`${mark} ${titles[area]}`];
  const told = verbose
    ? checks
    : checks.filter(({ id, status }) => bad.has(id) || status === "skipped");
  for (const check of told) lines.push(...checkLines(check, diagnosis, terminal, paint, bad));
  if (!verbose && told.length === 0) {
    const facts = checks.flatMap(({ evidence }) => evidence).map(oneLine);
    const brief =
      area === "services" || area === "configuration" || area === "state"
        ? facts
        : facts.slice(0, 1);
    const names =
      area === "services" ? checks.map(({ title, evidence }) => `${title} ${evidence[0]}`) : brief;
    if (names.length > 0)
      lines.push(...hanging("    ", listing(names.slice(0, 6)), terminal.width).map(paint.faint));
  }
  return lines;
}

function checkLines(
  check: CheckReport,
  { consequences }: Diagnosis,
  terminal: Terminal,
  paint: Paint,
  bad: ReadonlySet<string>,
): string[] {
  const symbols = symbolsFor(terminal);
  if (check.status === "skipped") {
    const text = `${check.title}: not looked at, because of ${check.because}`;
    return hanging("    ", oneLine(text), terminal.width).map(paint.faint);
  }
  const follows = consequences.filter(({ check: id }) => id === check.id);
  if (follows.length > 0) {
    const [first] = follows;
    const text = `${oneLine(first!.what)} It follows from ${first!.because.code}.`;
    return hanging("    ", text, terminal.width).map(paint.faint);
  }
  const mark = bad.has(check.id) ? paint.bad(symbols.failed) : paint.good(symbols.done);
  const facts = check.evidence.length === 0 ? "" : `: ${listing(check.evidence.map(oneLine))}`;
  return hanging(`  ${mark} `, `${oneLine(check.title)}${facts}`, terminal.width);
}
