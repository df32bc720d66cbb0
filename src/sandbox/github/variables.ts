import * as z from "zod";
import { once } from "../../core/once.ts";
import { parseBody } from "./body.ts";
import { created, noContent, type Operation, ok, page, timeOf } from "./exchange.ts";
import { checkName, onBoth } from "./holders.ts";
import { malformed, notFound, Refusal } from "./refusal.ts";
import type { Holder } from "./state.ts";
import { json, type ReplyOf } from "./views.ts";

const newVariable = once(() => z.strictObject({ name: z.string(), value: z.string() }));
const changedVariable = once(() => newVariable().partial());
type Variable = Holder["variables"][number];

function view({
  name,
  value,
  createdAt,
  updatedAt,
}: Variable): ReplyOf<"GET /repos/{owner}/{repo}/actions/variables/{name}"> {
  return { name, value, created_at: createdAt, updated_at: updatedAt };
}

function known(holder: Holder, name: string): Variable {
  const found = holder.variables.find((variable) => variable.name === name.toUpperCase());
  if (!found) throw notFound();
  return found;
}

function checkValue(value: string): void {
  if (value === "") throw malformed('"value" wasn\'t supplied.');
  if (Buffer.byteLength(value) > 49_152)
    throw new Refusal(422, "Value is too large (maximum is 48 KB)");
}

export const variableOperations: readonly Operation[] = [
  ...onBoth("GET", "variables", "", (exchange, { variables }) => {
    const { items, headers } = page(exchange, variables, { largest: 30, usual: 10 });
    const body = { total_count: variables.length, variables: items.map((item) => view(item)) };
    return ok(json(body), headers);
  }),
  ...onBoth("POST", "variables", "", (exchange, holder) => {
    const { name, value } = parseBody(newVariable, exchange.request.body);
    checkName(name);
    checkValue(value);
    const upper = name.toUpperCase();
    if (holder.variables.some((variable) => variable.name === upper)) {
      throw new Refusal(409, "Already exists - Variable already exists");
    }
    const at = timeOf(exchange.context);
    holder.variables.push({ name: upper, value, createdAt: at, updatedAt: at });
    return created({});
  }),
  ...onBoth("GET", "variables", "/{name}", ({ path }, holder) =>
    ok(json(view(known(holder, path.name!)))),
  ),
  ...onBoth("PATCH", "variables", "/{name}", ({ path, request, context }, holder) => {
    const variable = known(holder, path.name!);
    const { name, value } = parseBody(changedVariable, request.body);
    if (name !== undefined) checkName(name);
    if (value !== undefined) checkValue(value);
    if (name !== undefined) variable.name = name.toUpperCase();
    if (value !== undefined) variable.value = value;
    variable.updatedAt = timeOf(context);
    return noContent;
  }),
  ...onBoth("DELETE", "variables", "/{name}", ({ path }, holder) => {
    const variable = known(holder, path.name!);
    holder.variables = holder.variables.filter((other) => other !== variable);
    return noContent;
  }),
];
