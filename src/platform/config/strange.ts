/** What stands where nothing of JSON does. */
export function strangeAt(
  text: string,
  start: number,
): { readonly message: string; readonly length: number } {
  if (/^(<{7}|>{7}|={7}(\s|$))/.test(text.slice(start, start + 8))) {
    const message = "Git has left a conflict here: choose a side, and take its marks out.";
    return { message, length: 7 };
  }
  const isQuote = "\u201c\u201d\u201e".includes(text.charAt(start));
  const message = isQuote ? 'Quotes are straight in JSON: ".' : "This is not expected here.";
  return { message, length: (text.codePointAt(start) as number) > 0xffff ? 2 : 1 };
}
