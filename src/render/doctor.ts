import { catalogue } from "../core/catalogue/catalogue.ts";
import type { Diagnosis, Told } from "../core/diagnosis.ts";
import { areaLines, type Page } from "./doctor-areas.ts";
import { paintFor, symbolsFor, type Terminal, withOptions } from "./terminal.ts";
import { count, cut, hanging, oneLine, pad, width } from "./text.ts";

/** Where nothing wraps by itself, in a file or a pipe, so that an e-mail does not. */
const usualColumns = 80;
/** Further findings that are shown without `--verbose`. */
const mostShown = 8;

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

function together({ cause, findings }: Diagnosis): readonly Told[] {
  if (cause === undefined) return [];
  const [first] = findings.filter((one) => same(one, cause));
  if (first === undefined || !missing.has(cause.code)) return findings.slice(0, 1);
  return findings.filter(({ code, severity }) => missing.has(code) && severity === "error");
}

function same(a: Told, b: Told): boolean {
  return a.check === b.check && a.code === b.code && a.about === b.about;
}

function headline(told: readonly Told[], page: Page): string[] {
  const { diagnosis, symbols, paint, columns, terminal } = page;
  const [cause] = told;
  if (cause === undefined) {
    const many = diagnosis.checks.filter(({ status }) => status === "ok").length;
    const text = `Everything is fine: ${count(many, "check")}.`;
    return hanging(`${paint.good(symbols.done)} `, text, columns);
  }
  if (told.length > 1) return missingLines(told, page);
  const lines = findingLines({ ...cause, what: `${cause.what}${nextCommand(cause, page)}` }, page);
  const many = diagnosis.consequences.filter(({ because }) => because.code === cause.code).length;
  if (many > 0) {
    const what = count(many, "other thing follows", "other things follow");
    lines.push(...labelled("so", withOptions(`${what} from it`, terminal), page));
  }
  return lines;
}

/** For the first line, where it must be seen at once. */
function nextCommand({ fix, code }: Told, { terminal }: Page): string {
  // Codes of providers of somebody's own are explained nowhere.
  const command =
    fix.command ?? (Object.hasOwn(catalogue, code) ? `testx explain ${code}` : undefined);
  return command === undefined ? "" : ` Next: ${withOptions(`\`${command}\``, terminal)}.`;
}

function missingLines(told: readonly Told[], page: Page): string[] {
  const { symbols, paint, columns } = page;
  const [cause] = told as [Told, ...Told[]];
  const head = `${symbols.failed} ${cause.code}  `;
  const what = `${told.length} things are missing; the first is ${cause.about}.`;
  const text = `${what}${nextCommand(cause, page)}`;
  const [first = "", ...rest] = folded(head, text, columns);
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
  const [first = "", ...rest] = folded(head, text, columns);
  return [first.replace(head, paint.faint(head)), ...rest];
}

/** As `hanging`; a command is not broken, so that it can be copied. */
function folded(head: string, text: string, columns: number): string[] {
  const whole = text.replace(/`[^`]+`/g, (command) => command.replaceAll(" ", "\u00a0"));
  return hanging(head, whole, columns).map((line) => line.replaceAll("\u00a0", " "));
}

function findingLines(finding: Told, page: Page): string[] {
  const { code, severity, what, evidence, fix } = finding;
  const { symbols, paint, terminal, columns } = page;
  const [symbol, tone] =
    severity === "error"
      ? [symbols.failed, paint.bad]
      : severity === "warning"
        ? [symbols.warning, paint.warn]
        : [symbols.detail, paint.faint];
  const head = `${symbol} ${code}  `;
  const [first = "", ...rest] = folded(head, oneLine(what), columns);
  const lines = [first.replace(head, `${tone(head.trimEnd())}  `), ...rest];
  // Of the first finding it stands in the first line.
  const next =
    fix.command === undefined || what.includes(`\`${fix.command}`)
      ? []
      : [withOptions(`\`${fix.command}\``, terminal)];
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
    const written = fact.replace(/^ {2}/, "");
    const place = terminal.unicode ? written : written.replaceAll("…", "...");
    lines.push(`  ${paint.faint(label.padEnd(4))}  ${cut(place, columns - 8, symbols.ellipsis)}`);
  }
  return lines;
}
