import type { Answer, Asked, Forecast, Stage } from "../../core/forecast.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { inNewRepository, newRepository, someKey } from "./forecast-repository.ts";
import { changed, part, seen } from "./forecast-seen.ts";
import { charges } from "./limits.ts";

/** What GitHub answers, as https://docs.github.com/en/rest describes it. */
export const forecast: Forecast = {
  echo(asked, stage) {
    const { name, write } = asked.operation;
    const handle = Object.hasOwn(answers, name) ? answers[name] : undefined;
    const answer = handle?.({ asked, body: bodyOf(asked), stage });
    if (answer !== undefined || write) return answer;
    return inNewRepository(asked, stage) ?? (stage.isUnknown(asked.path) ? missing : undefined);
  },

  amend({ operation, path, query }, answer, stage) {
    const firstPage = (query.page ?? "1") === "1";
    const list = operation.name === "GET /repos/{owner}/{repo}/labels" && firstPage;
    if (!list || !Array.isArray(answer.body)) return answer;
    const made = stage.past.filter(
      ({ asked }) =>
        asked.operation.name === "POST /repos/{owner}/{repo}/labels" && asked.path === path,
    );
    return ok([...answer.body, ...made.map((exchange) => exchange.answer.body as Json)]);
  },

  charges,
};

interface At {
  readonly asked: Asked;
  readonly body: JsonObject;
  readonly stage: Stage;
}
type Handler = (at: At) => Answer | undefined;

const repo = "/repos/{owner}/{repo}";
const one = `${repo}/environments/{environment_name}`;

const secretSet: Handler = () => made({});
const variableSet: Handler = () => ({ status: 204 });

/** GitHub tells when a secret was set last; of one just set nobody knows yet. */
const secretShown: Handler = ({ asked, stage }) => {
  const set = stage.past.some(
    (past) => past.asked.method === "PUT" && past.asked.path === asked.path,
  );
  if (!set) return undefined;
  const updated_at = stage.text("updatedAt", (digits) => `time-${digits}`);
  return ok({ name: decodeURIComponent(part(asked, -1)), created_at: updated_at, updated_at });
};

/** An environment that is yet to be made has a key that nobody knows. */
const publicKey: Handler = ({ asked, stage }) => {
  const environment = part(asked, 4);
  const fresh = stage.past.some(
    (past) =>
      past.asked.operation.name === `PUT ${one}` &&
      past.asked.path.endsWith(`/environments/${environment}`),
  );
  if (!fresh) return undefined;
  const known = seen(stage, asked, ({ name }) => name === decodeURIComponent(environment), "GET");
  return known === undefined ? ok(someKey(stage)) : undefined;
};

const answers: Readonly<Record<string, Handler>> = {
  "POST /user/repos": ({ body, stage }) => made(newRepository(stage, body, ownerOf(stage))),
  "POST /orgs/{org}/repos": ({ asked, body, stage }) =>
    made(newRepository(stage, body, decodeURIComponent(part(asked, 1)))),
  [`PATCH ${repo}`]: ({ asked, body, stage }) => {
    const name = decodeURIComponent(asked.path.slice("/repos/".length));
    const before = seen(stage, undefined, ({ full_name }) => same(full_name, name));
    return ok({ ...before, ...body });
  },
  [`PUT ${repo}/topics`]: ({ body }) => ok({ names: body.names ?? [] }),

  [`POST ${repo}/labels`]: ({ body, stage }) =>
    made({ id: stage.number("id"), color: "ededed", description: null, ...body }),
  [`PATCH ${repo}/labels/{name}`]: ({ asked, body, stage }) => {
    const name = decodeURIComponent(part(asked, -1));
    const before = seen(stage, asked, (label) => same(label.name, name) && "color" in label);
    const { new_name = before?.name ?? name, ...rest } = body;
    return ok({ ...before, ...rest, name: new_name });
  },

  [`POST ${repo}/milestones`]: ({ body, stage }) =>
    made({
      ...{ id: stage.number("id"), number: stage.number("number") },
      ...{ state: "open", description: null, due_on: null, ...body },
    }),
  [`PATCH ${repo}/milestones/{milestone_number}`]: changed("number"),

  [`POST ${repo}/actions/variables`]: () => made({}),
  [`PATCH ${repo}/actions/variables/{name}`]: variableSet,
  [`POST ${one}/variables`]: () => made({}),
  [`PATCH ${one}/variables/{name}`]: variableSet,
  [`PUT ${repo}/actions/secrets/{secret_name}`]: secretSet,
  [`GET ${repo}/actions/secrets/{secret_name}`]: secretShown,
  [`PUT ${one}/secrets/{secret_name}`]: secretSet,
  [`GET ${one}/secrets/{secret_name}`]: secretShown,
  [`GET ${one}/secrets/public-key`]: publicKey,

  [`POST ${repo}/hooks`]: ({ body, stage }) => {
    const config = hookConfig(body.config as JsonObject);
    return made({ id: stage.number("id"), active: true, events: ["push"], ...body, config });
  },
  [`PATCH ${repo}/hooks/{hook_id}`]: changed("id"),
  [`PATCH ${repo}/hooks/{hook_id}/config`]: ({ asked, body, stage }) => {
    const hook = seen(stage, asked, ({ id }) => String(id) === part(asked, 4));
    return ok({ ...(hook?.config as JsonObject), ...hookConfig(body) });
  },

  [`POST ${repo}/issues`]: ({ body, stage }) =>
    made({
      ...{ id: stage.number("id"), number: stage.number("number"), state: "open" },
      ...{ labels: [], assignees: [], milestone: null, ...issueFields(body) },
    }),
  [`PATCH ${repo}/issues/{issue_number}`]: (at) =>
    changed("number")({ ...at, body: issueFields(at.body) }),

  [`PUT ${repo}/contents/{path}`]: () => made({ content: {}, commit: {} }),

  [`PUT ${one}`]: ({ asked, body, stage }) => {
    const name = decodeURIComponent(part(asked, -1));
    const before = seen(stage, asked, (other) => same(other.name, name) && !("color" in other));
    const { wait_timer, prevent_self_review = false, reviewers, deployment_branch_policy } = body;
    const people = (Array.isArray(reviewers) ? reviewers : []) as JsonObject[];
    return ok({
      ...{ id: before?.id ?? stage.number("id"), name: before?.name ?? name },
      deployment_branch_policy: deployment_branch_policy ?? null,
      protection_rules: [
        ...(wait_timer === undefined ? [] : [{ type: "wait_timer", wait_timer }]),
        {
          ...{ type: "required_reviewers", prevent_self_review },
          reviewers: people.map(({ type, id }) => ({
            type: type ?? "",
            reviewer: seen(stage, undefined, (who) => who.id === id) ?? { login: String(id) },
          })),
        },
      ],
    });
  },
};

function ok(body: Json): Answer {
  return { status: 200, body };
}

function made(body: JsonObject): Answer {
  return { status: 201, body };
}

const missing: Answer = { status: 404, body: { message: "Not Found" } };

function bodyOf({ body }: Asked): JsonObject {
  return isObject(body) ? (body as JsonObject) : {};
}

function same(a: Json | undefined, b: string): boolean {
  return typeof a === "string" && a.toLowerCase() === b.toLowerCase();
}

/** GitHub shows stars for a webhook's secret. */
function hookConfig(config: JsonObject): JsonObject {
  const { secret } = config;
  return secret === undefined ? config : { ...config, secret: secret === "" ? "" : "********" };
}

/** Names become the objects that an issue is shown with. */
function issueFields(body: JsonObject): JsonObject {
  const { labels, assignees, milestone } = body;
  return {
    ...body,
    ...(Array.isArray(labels) ? { labels: labels.map((name) => ({ name })) } : {}),
    ...(Array.isArray(assignees) ? { assignees: assignees.map((login) => ({ login })) } : {}),
    ...(typeof milestone === "number" ? { milestone: { number: milestone } } : {}),
  };
}

function ownerOf(stage: Stage): string {
  const told = stage.past.findLast(({ asked }) => asked.operation.name === "GET /user");
  return isObject(told?.answer.body) ? String(told.answer.body.login) : "";
}
