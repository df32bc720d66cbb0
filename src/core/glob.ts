/**
 * Whether `text` is as `pattern` says, from its first letter to its last: `*` stands for any
 * letters, `/` included, or none; everything else for itself. Takes at most pattern × text steps,
 * whatever the pattern.
 */
export function matches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let place = 0;
  while (place < text.length) {
    // The star first: a text may hold a star as well.
    if (pattern[at] === "*") {
      star = at;
      at += 1;
      resume = place;
    } else if (at < pattern.length && pattern[at] === text[place]) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      // The last star takes one letter more.
      at = star + 1;
      resume += 1;
      place = resume;
    } else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}
