type Environment = Readonly<Record<string, string>>;
type Reply = Record<string, never>;

/** What a person does in the services' own pages, by their APIs and past testx. */
export function byHand(environment: Environment) {
  const send = async (
    url: string,
    method: string,
    token: string,
    body: object | undefined,
    more: Record<string, string> = {},
  ): Promise<Reply> => {
    const reply = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...more },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${url}: ${reply.status} ${text}`);
    const value = text === "" ? {} : JSON.parse(text);
    if (value.ok === false) throw new Error(`${method} ${url}: ${text}`);
    return value;
  };
  const { SLACK_API_URL, NOTION_API_URL, GITHUB_API_URL } = environment;
  return {
    /** With the bot's own token, unless another is given. */
    slack: (method: string, args: object, token = environment.SLACK_BOT_TOKEN) =>
      send(`${SLACK_API_URL}${method}`, "POST", token!, args),
    notion: (method: string, path: string, body: object, token = environment.NOTION_TOKEN) =>
      send(`${NOTION_API_URL}/v1/${path}`, method, token!, body, {
        "notion-version": "2026-03-11",
      }),
    github: (method: string, path: string, body?: object) =>
      send(`${GITHUB_API_URL}${path}`, method, environment.GITHUB_TOKEN!, body, {
        "user-agent": "a-person",
      }),
  };
}
