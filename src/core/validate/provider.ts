type Members = Readonly<Record<string, unknown>>;

/**
 * What keeps a value from being the provider `id`, one sentence each; `[]`: nothing that can be
 * seen without calling it. What it does is tried by the contract suite of `testx/testing`.
 */
export function providerMistakes(value: unknown, id: string): string[] {
  if (!isRecord(value)) return ["It is no object such as defineProvider gives."];
  const found: string[] = [];
  const need = (fits: boolean, text: string): void => {
    if (!fits) found.push(text);
  };
  const { id: own, title, config, secrets, timeouts, concurrency, wire, kinds } = value;
  need(own === id, `Its id is ${JSON.stringify(own)}, and it is named as ${JSON.stringify(id)}.`);
  need(isText(title), "title is text: the name of the service.");
  need(isSchema(config), "config is a schema: Standard Schema with JSON Schema, such as zod 4's.");
  need(Array.isArray(secrets), "secrets is a list; [] when there are none.");
  for (const secret of Array.isArray(secrets) ? secrets : []) {
    const isSecret =
      isRecord(secret) &&
      isText(secret.env) &&
      /^[A-Za-z_][A-Za-z0-9_]*$/.test(secret.env) &&
      isText(secret.title) &&
      typeof secret.help === "string" &&
      isTexts(secret.prefixes);
    need(isSecret, "Each of secrets has env (the name of a variable), title, help and prefixes.");
  }
  if (value.endpoint !== undefined) {
    const { endpoint } = value;
    const isEndpoint = isRecord(endpoint) && isText(endpoint.env) && isText(endpoint.url);
    need(isEndpoint && URL.canParse(String(endpoint.url)), "endpoint has env and url.");
  }
  need(
    areCounts(timeouts, ["connectMs", "totalMs"]),
    "timeouts has connectMs and totalMs, from 1.",
  );
  need(areCounts(concurrency, ["reads", "writes"]), "concurrency has reads and writes, from 1.");
  const limits = value.limits ?? [];
  need(Array.isArray(limits), "limits is a list, or left out.");
  for (const limit of Array.isArray(limits) ? limits : []) {
    const isLimit = isText(limit?.id) && areCounts(limit, ["requests", "perMs"]);
    need(isLimit, "Each of limits has an id, and requests and perMs, from 1.");
  }
  need(isRecord(wire) && isCode(wire.describe), "wire has describe, a function.");
  for (const name of ["connect", "health", "classify"]) {
    need(isCode(value[name]), `${name} is a function.`);
  }
  for (const name of ["forecast", "authorization", "refusal", "sandbox"]) {
    need(value[name] === undefined || isCode(value[name]), `${name} is a function, or left out.`);
  }
  need(isRecord(kinds), "kinds is an object: the kinds of resource, by name.");
  for (const [name, kind] of Object.entries(isRecord(kinds) ? kinds : {})) {
    for (const mistake of kindMistakes(kind, `${id}.${name}`)) {
      found.push(`The kind ${name}: ${mistake}`);
    }
  }
  return found;
}

/** What keeps a value from being the stand-in of the provider `id`. */
export function standInMistakes(value: unknown, id: string): string[] {
  if (!isRecord(value)) return ["Its stand-in is no object such as a SandboxService."];
  const found: string[] = [];
  if (value.id !== id) {
    const own = JSON.stringify(value.id);
    found.push(`Its stand-in has the id ${own} and must have that of the provider.`);
  }
  for (const name of ["initial", "handle", "isWrite", "canonical", "environment"]) {
    if (!isCode(value[name])) found.push(`Its stand-in lacks ${name}, a function.`);
  }
  return found;
}

function kindMistakes(kind: unknown, name: string): string[] {
  if (!isRecord(kind)) return ["it is no object such as defineKind gives."];
  const found: string[] = [];
  const need = (fits: boolean, text: string): void => {
    if (!fits) found.push(text);
  };
  need(kind.kind === name, `its kind is ${JSON.stringify(kind.kind)} and must be "${name}".`);
  need(
    isSchema(kind.input),
    "input is a schema: Standard Schema with JSON Schema, such as zod 4's.",
  );
  need(isTexts(kind.identity), "identity is a list of fields of the input.");
  for (const part of ["title", "key", "read", "changes", "apply"]) {
    need(isCode(kind[part]), `${part} is a function.`);
  }
  const reason = kind.undo;
  need(
    isCode(reason) || isText(reason),
    "undo is a function, or text that says why there is none.",
  );
  return found;
}

function isRecord(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isCode(value: unknown): boolean {
  return typeof value === "function";
}

/** A schema may be a function with properties, as arktype's are. */
function isSchema(value: unknown): boolean {
  const isThing = typeof value === "function" || (typeof value === "object" && value !== null);
  const standard = isThing ? (value as Members)["~standard"] : undefined;
  if (!isRecord(standard) || !isCode(standard.validate)) return false;
  return isRecord(standard.jsonSchema) && isCode(standard.jsonSchema.input);
}

/** Of none nothing could ever be sent. */
function areCounts(value: unknown, names: readonly string[]): boolean {
  return (
    isRecord(value) &&
    names.every((name) => Number.isFinite(value[name]) && Number(value[name]) >= 1)
  );
}
