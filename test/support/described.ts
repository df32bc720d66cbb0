import { requestProblems as githubProblems, operationOf } from "../providers/github/description.ts";
import { callProblems } from "../providers/slack/description.ts";
import { callProblems as notionProblems } from "./notion-requests.ts";

export interface Sent {
  readonly method: string;
  /** With the query, behind the sandbox's origin: `/slack/api/auth.test`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What is wrong with a request to one of the sandbox's services, by what the service publishes. */
export function requestProblems({ method, path, headers, body }: Sent): string[] {
  const url = new URL(path, "http://sandbox");
  const [, service = "", rest = ""] = /^\/(\w+)(\/.*)$/.exec(url.pathname) ?? [];
  const found: string[] = [];
  if (!headers["user-agent"]) found.push("it does not say who asks");
  if (service === "slack") {
    if (method !== "POST") found.push("it is no POST");
    found.push(...callProblems(rest.replace(/^\/api\//, ""), headers, body));
  } else if (service === "notion") {
    found.push(...notionProblems(method, rest, url.searchParams, headers, body));
  } else if (service === "github") found.push(...ofGithub(method, rest, url, headers, body));
  return found.map((problem) => `${method} ${url.pathname}: ${problem}`);
}

function ofGithub(
  method: string,
  path: string,
  url: URL,
  headers: Sent["headers"],
  body: string,
): string[] {
  const operation = operationOf(method, path);
  if (operation === undefined) return ["it is not described"];
  const found = githubProblems(operation, url, { body });
  if (!/^(token|Bearer) \S/.test(headers.authorization ?? "")) found.push("there is no token");
  if (headers["x-github-api-version"] !== "2022-11-28") found.push("there is no known version");
  if (!/^application\/vnd\.github\b.*json$/.test(headers.accept ?? "")) found.push("Accept is odd");
  if (body !== "" && !/^application\/json\b/.test(headers["content-type"] ?? "")) {
    found.push("the body is not declared as JSON");
  }
  return found;
}
