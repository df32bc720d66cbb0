/** How much of a body is compared, in UTF-16 units. */
const limit = 1024 * 1024;

export interface BodyMatch {
  readonly contains?: string | undefined;
  readonly matches?: string | undefined;
}

/** In what a body differs from what was asked for. */
export async function bodyProblem(body: string, match: BodyMatch): Promise<string | undefined> {
  const start = body.slice(0, limit);
  if (match.contains !== undefined && !start.includes(match.contains)) {
    return `the body does not contain ${JSON.stringify(match.contains)}`;
  }
  if (match.matches !== undefined && !(await compile(match.matches)).test(start)) {
    return `the body does not match /${match.matches}/`;
  }
  return undefined;
}

/** Why a pattern cannot be used; look-around and back-references have no linear-time form. */
export async function patternProblem(pattern: string): Promise<string | undefined> {
  try {
    await compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A matcher of linear time: the pattern is the user's, and the body a stranger's. */
async function compile(pattern: string): Promise<{ test(text: string): boolean }> {
  const { RE2JS } = await import("re2js");
  return RE2JS.compile(RE2JS.translateRegExp(pattern));
}
