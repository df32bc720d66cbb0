/**
 * The comment at the end of an issue's body by which testx finds it again. `rolled-back` stands
 * in it after the issue was closed by an undo.
 */
export type Marker = "ours" | "rolled-back" | "missing";

const pattern = /\s*<!-- testx:(\S+)( rolled-back)? -->\s*$/;

export function markerOf(body: string | null | undefined, step: string): Marker {
  const match = pattern.exec(body ?? "");
  if (match?.[1] !== step) return "missing";
  return match[2] === undefined ? "ours" : "rolled-back";
}

/** Whether an undo has closed it, whichever step had made it. */
export function isRolledBack(body: string | null | undefined): boolean {
  return pattern.exec(body ?? "")?.[2] !== undefined;
}

/** The body as people wrote it: without the marker, line ends as `\n`. */
export function textOf(body: string | null | undefined): string {
  return plain((body ?? "").replace(pattern, ""));
}

export function plain(text: string): string {
  return text.replace(/\r\n/g, "\n").trimEnd();
}

export function bodyOf(text: string, step: string, marker: Marker): string {
  const trimmed = plain(text);
  if (marker === "missing") return trimmed;
  const comment = `<!-- testx:${step}${marker === "ours" ? "" : " rolled-back"} -->`;
  return trimmed === "" ? comment : `${trimmed}\n\n${comment}`;
}
