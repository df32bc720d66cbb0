import { catalogueByArea } from "../../src/core/catalogue/catalogue.ts";

const titles: Readonly<Record<string, string>> = {
  config: "Configuration",
  engine: "Setting up and undoing",
  gateway: "Calls to the services",
  platform: "The machine",
  cache: "The cache",
  http: "HTTP checks",
  github: "GitHub",
  cli: "The command line",
};

/** `docs/troubleshooting.md`: an entry for each code; its anchor is the code in lower case. */
export function troubleshootingMarkdown(): string {
  const lines = [
    "# Troubleshooting",
    "",
    "<!-- Made from src/core/catalogue by `npm run docs`: change it there. -->",
    "",
    "Every error has a code. `testx explain CODE` prints what stands here.",
    "",
  ];
  for (const [area, entries] of Object.entries(catalogueByArea)) {
    if (Object.keys(entries).length === 0) continue;
    lines.push(`## ${titles[area] ?? area.charAt(0).toUpperCase() + area.slice(1)}`, "");
    for (const [code, { what, why, next, exit }] of Object.entries(entries)) {
      lines.push(`### ${code}`, "", text(what), "");
      lines.push(`**Why:** ${text(why)}`, "", `**What to do:** ${text(next)}`, "");
      lines.push(`Exit code: ${exit}`, "");
    }
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/** What is in backticks stays; elsewhere nothing is taken for HTML or emphasis. */
function text(sentence: string): string {
  return sentence
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replace(/[<*_]/g, "\\$&")))
    .join("");
}
