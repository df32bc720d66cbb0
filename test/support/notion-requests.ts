/**
 * What Notion's API reference allows in a request, written from the reference and not from the
 * stand-in: https://developers.notion.com/reference. Strict: whatever is not described is refused,
 * as the service does. Only what testx can have a use for is here.
 */
import * as z from "zod";

export const versions = ["2025-09-03", "2026-03-11"] as const;
export type Version = (typeof versions)[number];

const id = z
  .string()
  .regex(/^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, "should be a valid uuid");
const color = z
  .string()
  .regex(/^(default|gray|brown|orange|yellow|green|blue|purple|pink|red)(_background)?$/);
const text = z.string().max(2000);
const richText = z
  .array(
    z.strictObject({
      type: z.literal("text").optional(),
      text: z.strictObject({
        content: text,
        link: z.strictObject({ url: z.url().max(2000) }).nullish(),
      }),
      annotations: z
        .strictObject({
          bold: z.boolean(),
          italic: z.boolean(),
          strikethrough: z.boolean(),
          underline: z.boolean(),
          code: z.boolean(),
          color,
        })
        .partial()
        .optional(),
    }),
  )
  .max(100);
const external = z.strictObject({ url: z.url().max(2000) });
const icon = z
  .union([
    z.strictObject({ type: z.literal("emoji").optional(), emoji: z.string().min(1) }),
    z.strictObject({ type: z.literal("external").optional(), external }),
  ])
  .nullable();
/** "Up to two levels of nesting in a single request": blocks, their children, and theirs. */
const levels = 3;

/** `{ type?, [name]: value }` and nothing else. */
function tagged(name: string, value: z.ZodType, more: z.ZodRawShape = {}) {
  return z.strictObject({ type: z.literal(name).optional(), [name]: value, ...more });
}

const languages = /^(plain text|[a-z0-9+#/ .-]+)$/;

function blocks(depth: number): z.ZodType {
  const children = depth < levels ? { children: blocks(depth + 1).optional() } : {};
  const says = { rich_text: richText, color: color.optional() };
  const object = { object: z.literal("block").optional() };
  const of = (name: string, body: z.ZodRawShape) => tagged(name, z.strictObject(body), object);
  const row = of("table_row", { cells: z.array(richText) });
  return z
    .array(
      z.union([
        ...["paragraph", "bulleted_list_item", "numbered_list_item", "quote"].map((name) =>
          of(name, { ...says, ...children }),
        ),
        ...["heading_1", "heading_2", "heading_3"].map((name) =>
          of(name, { ...says, is_toggleable: z.boolean().optional(), ...children }),
        ),
        of("to_do", { ...says, checked: z.boolean().optional(), ...children }),
        of("code", {
          rich_text: richText,
          caption: richText.optional(),
          language: z.string().regex(languages),
        }),
        of("divider", {}),
        of("image", {
          type: z.literal("external").optional(),
          external,
          caption: richText.optional(),
        }),
        of("table", {
          table_width: z.int().min(1),
          has_column_header: z.boolean().optional(),
          has_row_header: z.boolean().optional(),
          children: z.array(row).min(1).max(100),
        }),
        row,
      ]),
    )
    .max(100);
}

const optionName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^,]*$/, "no commas");
const option = z.union([
  z.strictObject({ name: optionName, id: z.string().optional(), color: color.optional() }),
  z.strictObject({ id: z.string(), name: optionName.optional(), color: color.optional() }),
]);
const day = z.strictObject({
  start: z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]),
  end: z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]).nullish(),
  time_zone: z.string().nullish(),
});
const values = z.record(
  z.string(),
  z.union([
    tagged("title", richText),
    tagged("rich_text", richText),
    tagged("number", z.number().nullable()),
    tagged("checkbox", z.boolean()),
    tagged("url", z.string().min(1).max(2000).nullable()),
    tagged("email", z.string().min(1).max(200).nullable()),
    tagged("phone_number", z.string().min(1).max(200).nullable()),
    tagged("select", option.nullable()),
    tagged("status", option.nullable()),
    tagged("multi_select", z.array(option).max(100)),
    tagged("date", day.nullable()),
  ]),
);

const options = z.strictObject({ options: z.array(option).max(100).optional() });
const plainProperties = ["title", "rich_text", "checkbox", "url", "email", "phone_number", "date"];
function schemas(more: z.ZodRawShape) {
  const described = { description: z.string().nullish(), ...more };
  const empty = z.strictObject({});
  return [
    ...plainProperties.map((name) => tagged(name, empty, described)),
    tagged("number", z.strictObject({ format: z.string().optional() }), described),
    tagged("select", options, described),
    tagged("multi_select", options, described),
  ];
}

const inPage = z.strictObject({ type: z.literal("page_id").optional(), page_id: id });
const inSource = z.strictObject({
  type: z.literal("data_source_id").optional(),
  data_source_id: id,
});

type Bodies = Readonly<Record<string, (version: Version) => z.ZodType>>;
const trash = (version: Version): z.ZodRawShape => ({
  in_trash: z.boolean().optional(),
  ...(version === "2025-09-03" ? { archived: z.boolean().optional() } : {}),
});

/** By operation; one that has no entry takes no body. */
const bodies: Bodies = {
  "POST pages": () =>
    z.strictObject({
      parent: z.union([inPage, inSource]),
      properties: values.optional(),
      children: blocks(1).optional(),
      icon: icon.optional(),
      cover: icon.optional(),
    }),
  "PATCH pages/{id}": (version) =>
    z.strictObject({
      properties: values.optional(),
      icon: icon.optional(),
      ...trash(version),
      is_locked: z.boolean().optional(),
    }),
  "PATCH blocks/{id}/children": (version) =>
    z.strictObject({
      children: blocks(1),
      ...(version === "2025-09-03"
        ? { after: id.optional() }
        : {
            position: z
              .union([
                z.strictObject({ type: z.enum(["start", "end"]) }),
                z.strictObject({
                  type: z.literal("after_block"),
                  after_block: z.strictObject({ id }),
                }),
              ])
              .optional(),
          }),
    }),
  "PATCH blocks/{id}": (version) => {
    const says = z.strictObject({ rich_text: richText, color: color.optional() });
    const names = ["paragraph", "heading_1", "heading_2", "heading_3", "quote"];
    const more = { in_trash: z.boolean().optional(), ...trash(version) };
    return z.union([
      ...[...names, "bulleted_list_item", "numbered_list_item"].map((n) => tagged(n, says, more)),
      tagged("to_do", says.extend({ checked: z.boolean().optional() }), more),
      tagged(
        "code",
        z.strictObject({ rich_text: richText, language: z.string().regex(languages).optional() }),
        more,
      ),
      tagged("image", z.strictObject({ external, caption: richText.optional() }), more),
      tagged("table_row", z.strictObject({ cells: z.array(richText) }), more),
      z.strictObject(more),
    ]);
  },
  "POST databases": () =>
    z.strictObject({
      parent: z.strictObject({ type: z.literal("page_id"), page_id: id }),
      title: richText.optional(),
      description: richText.optional(),
      is_inline: z.boolean().optional(),
      icon: icon.optional(),
      initial_data_source: z.strictObject({
        properties: z.record(z.string().min(1), z.union(schemas({}))).optional(),
      }),
    }),
  "PATCH databases/{id}": (version) =>
    z.strictObject({
      title: richText.optional(),
      description: richText.optional(),
      icon: icon.optional(),
      ...trash(version),
    }),
  "PATCH data_sources/{id}": (version) =>
    z.strictObject({
      title: richText.optional(),
      properties: z
        .record(
          z.string().min(1),
          z.union([
            ...schemas({ name: z.string().min(1).optional() }),
            z.strictObject({ name: z.string().min(1) }),
            z.null(),
          ]),
        )
        .optional(),
      ...trash(version),
    }),
  "POST data_sources/{id}/query": (version) =>
    z.strictObject({
      filter: z.looseObject({ property: z.string() }).optional(),
      sorts: z.array(z.looseObject({})).optional(),
      start_cursor: z.string().optional(),
      page_size: z.int().min(1).max(100).optional(),
      ...trash(version),
    }),
};

const paged = ["start_cursor", "page_size"];
const queries: Readonly<Record<string, readonly string[]>> = {
  "GET blocks/{id}/children": paged,
  "POST data_sources/{id}/query": ["filter_properties[]"],
};

/** Requests without a body that are described, too. */
const bare = [
  "GET users/me",
  ...["pages", "blocks", "databases", "data_sources"].map((it) => `GET ${it}/{id}`),
  "GET blocks/{id}/children",
  "DELETE blocks/{id}",
];

/** `PATCH pages/{id}` for `/v1/pages/7ea4…`. */
export function operationOf(method: string, path: string): { operation: string; id: string } {
  const rest = path.replace(/^\/v1\//, "");
  const [, collection, id = "", tail = ""] =
    /^(pages|blocks|databases|data_sources)\/([^/]+)(\/\w+)?$/.exec(rest) ?? [];
  return { operation: `${method} ${collection ? `${collection}/{id}${tail}` : rest}`, id };
}

/** What is wrong with a call; empty when nothing is. */
export function callProblems(
  method: string,
  path: string,
  query: URLSearchParams,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  text: string,
): string[] {
  const { operation, id: asked } = operationOf(method, path);
  const schema = bodies[operation];
  if (!path.startsWith("/v1/") || (schema === undefined && !bare.includes(operation))) {
    return [`${operation} is not described`];
  }
  const found: string[] = [];
  const version = versions.find((it) => it === headers["notion-version"]);
  if (version === undefined) found.push("Notion-Version is not one that there is");
  if (!/^Bearer \S+$/.test(String(headers.authorization))) found.push("there is no bearer token");
  if (asked !== "" && !id.safeParse(asked).success) found.push(`${asked} is no uuid`);
  for (const [name, value] of query) {
    if (!queries[operation]?.includes(name)) found.push(`the query ${name} is not described`);
    if (name === "page_size" && !/^([1-9]\d?|100)$/.test(value)) found.push(`${name} is ${value}`);
  }
  if (schema === undefined) return text === "" ? found : [...found, "no body is described"];
  if (headers["content-type"] !== "application/json") found.push("the body is not sent as JSON");
  const parsed = schema(version ?? versions[1]).safeParse(
    text === "" ? undefined : JSON.parse(text),
  );
  if (!parsed.success) found.push(z.prettifyError(parsed.error).replaceAll("\n", " "));
  return found;
}
