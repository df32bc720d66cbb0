import * as z from "zod";
import { once } from "../../core/once.ts";
import { parseBody } from "./body.ts";
import { created, noContent, type Operation, ok, page, timeOf } from "./exchange.ts";
import { sha256 } from "./git.ts";
import { checkName, onBoth } from "./holders.ts";
import { notFound, Refusal } from "./refusal.ts";
import { keyId, openBox, publicKey } from "./sealed.ts";
import type { Holder } from "./state.ts";
import { json, type ReplyOf } from "./views.ts";

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const sealed = once(() =>
  z.strictObject({ encrypted_value: z.string().regex(base64), key_id: z.string() }),
);
type Secret = Holder["secrets"][number];

function view({
  name,
  createdAt,
  updatedAt,
}: Secret): ReplyOf<"GET /repos/{owner}/{repo}/actions/secrets/{secret_name}"> {
  return { name, created_at: createdAt, updated_at: updatedAt };
}

function find(holder: Holder, name: string): Secret | undefined {
  return holder.secrets.find((secret) => secret.name === name.toUpperCase());
}

export const secretOperations: readonly Operation[] = [
  ...onBoth("GET", "secrets", "", (exchange, { secrets }) => {
    const { items, headers } = page(exchange, secrets);
    const body = { total_count: secrets.length, secrets: items.map((item) => view(item)) };
    return ok(json(body), headers);
  }),
  ...onBoth("GET", "secrets", "/public-key", () =>
    ok({ key_id: keyId, key: publicKey().toString("base64") }),
  ),
  ...onBoth("GET", "secrets", "/{secret_name}", ({ path }, holder) => {
    const secret = find(holder, path.secret_name!);
    if (!secret) throw notFound();
    return ok(json(view(secret)));
  }),
  ...onBoth("PUT", "secrets", "/{secret_name}", ({ path, request, context }, holder) => {
    const name = path.secret_name!;
    const { encrypted_value, key_id } = parseBody(sealed, request.body);
    checkName(name);
    if (key_id !== keyId)
      throw new Refusal(422, "Invalid key_id: the public key has been rotated.");
    const value = openBox(Buffer.from(encrypted_value, "base64"));
    if (value === undefined) throw new Refusal(422, "Bad request - could not decrypt value.");
    const at = timeOf(context);
    const hash = sha256(value);
    const known = find(holder, name);
    if (known) {
      known.hash = hash;
      known.updatedAt = at;
      return noContent;
    }
    holder.secrets.push({ name: name.toUpperCase(), hash, createdAt: at, updatedAt: at });
    return created({});
  }),
  ...onBoth("DELETE", "secrets", "/{secret_name}", ({ path }, holder) => {
    const secret = find(holder, path.secret_name!);
    if (!secret) throw notFound();
    holder.secrets = holder.secrets.filter((other) => other !== secret);
    return noContent;
  }),
];
