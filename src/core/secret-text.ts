/** How credentials begin or look, wherever they come from. */
const shapes: readonly RegExp[] = [
  /\bxox[abeoprs](\.xox[bp])?-[A-Za-z0-9-]{8,}/,
  /\bxapp-[A-Za-z0-9-]{8,}/,
  /\bgh[opusr]_[A-Za-z0-9_]{8,}/,
  /\bgithub_pat_[A-Za-z0-9_]{8,}/,
  /\b(ntn|secret)_[A-Za-z0-9]{16,}/,
  /\b(glpat|sk|pk|rk)[-_][A-Za-z0-9_-]{16,}/,
  /\bA(KI|SI)A[A-Z0-9]{16}\b/,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /^(Bearer|Basic) \S{8,}$/i,
];
/** Letters and digits without a break, too long for a name: hexadecimal, or base 64. */
const random =
  /(?<![A-Za-z0-9+/_=-])(?=[A-Za-z+/_-]*\d)(?=[\d+/_-]*[A-Za-z])[A-Za-z0-9+_-]{40,}={0,2}(?![A-Za-z0-9+/_-])/;

/** Whether a text holds what looks like a credential; references to one are none. */
export function looksLikeSecret(text: string): boolean {
  return shapes.some((shape) => shape.test(text)) || random.test(text);
}
