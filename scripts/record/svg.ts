import type { Stretch, Style } from "./screen.ts";

const wide = 8.4;
const high = 19;
const margin = 16;

/** Readable on the picture's own ground, whatever the page's. */
const colors: Readonly<Record<Style | "plain", string>> = {
  plain: "#d8dee4",
  bold: "#ffffff",
  dim: "#9aa4ae",
  red: "#ff8080",
  green: "#7ee08a",
  yellow: "#f0c060",
  cyan: "#79c8f0",
};

/** A screen as a picture. Each stretch has its place and length, whatever font is at hand. */
export function svg(
  lines: readonly (readonly Stretch[])[],
  columns: number,
  title: string,
): string {
  const width = Math.ceil(columns * wide + 2 * margin);
  const height = lines.length * high + 2 * margin;
  const texts = lines.flatMap((line, row) =>
    line.filter(({ text }) => text.trim() !== "").map((stretch) => textOf(stretch, row)),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="#1f2630" stroke="#5c6773"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">
${texts.join("\n")}
</g>
</svg>
`;
}

function textOf({ column, text, styles }: Stretch, row: number): string {
  const indent = text.length - text.trimStart().length;
  const shown = text.slice(indent);
  const x = round(margin + (column + indent) * wide);
  const y = margin + row * high + 14;
  const color = colors[styles.find((style) => style !== "bold") ?? styles[0] ?? "plain"];
  const weight = styles.includes("bold") ? ' font-weight="bold"' : "";
  const length = round([...shown].length * wide);
  return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${color}"${weight}>${escaped(shown)}</text>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
