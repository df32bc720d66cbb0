/** What nobody sees in a variable that looks right, as a sentence with a blank before it. */
export function oddIn(value: string): string {
  if (/^(["'`]).*\1$/s.test(value)) return " There are quotes around it, taken as part of it.";
  if (/[\r\n]$/.test(value)) return " It ends with a line break, as in files from Windows.";
  return /^\s|\s$/.test(value) ? " There is a blank at one end of it." : "";
}

/** A variable in the words of shells and workflows, as testx has it. */
export function asReference(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const [, name] =
    /^(?:\$\{\{\s*(?:env|vars)\.|\{\{\s*(?:env\.)?|[$%])([A-Z][A-Z0-9_]*)(?:\s*\}\}|%)?$/.exec(
      value,
    ) ?? [];
  return name && `\${env.${name}}`;
}
