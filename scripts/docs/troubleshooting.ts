import { catalogueByArea } from "../../src/core/catalogue/catalogue.ts";
import { count } from "../../src/render/text.ts";

const titles: Readonly<Record<string, string>> = {
  config: "Configuration",
  engine: "Setting up and undoing",
  gateway: "Calls to the services",
  platform: "The machine",
  network: "The network",
  cache: "The cache",
  http: "HTTP checks",
  github: "GitHub",
  cli: "The command line",
};

/** `docs/troubleshooting-guide.md`: an entry for each code; its anchor is the code in lower case. */
export function troubleshootingMarkdown(): string {
  const areas = Object.entries(catalogueByArea).filter(([, all]) => Object.keys(all).length > 0);
  const lines = [
    "# Troubleshooting",
    "",
    "<!-- Made from src/core/catalogue by `npm run docs`: change it there. -->",
    "",
    "Every error has a code. `testx explain CODE` prints what stands here; `testx doctor` looks for the cause by itself.",
    "",
    ...areas.map(([area, all]) => {
      const anchor = titleOf(area).toLowerCase().replaceAll(" ", "-");
      return `- [${titleOf(area)}](#${anchor}): ${count(Object.keys(all).length, "code")}`;
    }),
    "",
  ];
  for (const [area, entries] of areas) {
    lines.push(`## ${titleOf(area)}`, "");
    for (const [code, { what, why, next, exit }] of Object.entries(entries)) {
      lines.push(`### ${code}`, "", text(what), "");
      lines.push(`**Why:** ${text(why)}`, "", `**What to do:** ${text(next)}`, "");
      lines.push(`Exit code: ${exit}`, "");
    }
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function titleOf(area: string): string {
  return titles[area] ?? area.charAt(0).toUpperCase() + area.slice(1);
}

/** What is in backticks stays; elsewhere nothing is taken for HTML or emphasis. */
function text(sentence: string): string {
  return sentence
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replace(/[<*_]/g, "\\$&")))
    .join("");
}
