import * as z from "zod";
import type { Json } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { type Row, textItem } from "./state.ts";

export const color = once(() =>
  z.enum(
    ["gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red"]
      .flatMap((name) => [name, `${name}_background`])
      .concat("default", "default_background"),
  ),
);
export const id = once(() =>
  z.string().refine((text) => /^[0-9a-f]{32}$/i.test(text.replaceAll("-", "")), "a valid uuid"),
);

const annotations = once(() =>
  z.strictObject({
    bold: z.boolean().optional(),
    italic: z.boolean().optional(),
    strikethrough: z.boolean().optional(),
    underline: z.boolean().optional(),
    code: z.boolean().optional(),
    color: color().optional(),
  }),
);
export const url = once(() =>
  z
    .string()
    .max(2000)
    .refine((text) => URL.canParse(text), "a valid URL"),
);
const item = once(() => {
  const read = { plain_text: z.string().optional(), href: z.string().nullable().optional() };
  return z.union([
    z.strictObject({
      type: z.literal("text").optional(),
      text: z.strictObject({
        content: z.string().max(2000),
        link: z
          .strictObject({ url: url(), type: z.literal("url").optional() })
          .nullable()
          .optional(),
      }),
      annotations: annotations().optional(),
      ...read,
    }),
    z.strictObject({
      type: z.literal("equation").optional(),
      equation: z.strictObject({ expression: z.string().max(1000) }),
      annotations: annotations().optional(),
      ...read,
    }),
    z.strictObject({
      type: z.literal("mention").optional(),
      mention: z.record(z.string(), z.json()),
      annotations: annotations().optional(),
      ...read,
    }),
  ]);
});
export const richText = once(() => z.array(item()).max(100));
export type RichTextRequest = z.infer<ReturnType<typeof richText>>;

/** As it is stored and replied. */
export function stored(items: RichTextRequest | undefined): Json[] {
  return (items ?? []).map((it): Row => {
    const looks = (it.annotations ?? {}) as Row;
    if ("text" in it) return textItem(it.text.content, it.text.link?.url ?? null, looks);
    if ("equation" in it) {
      const { expression } = it.equation;
      const { text: _, ...rest } = textItem(expression, null, looks);
      return { ...rest, type: "equation", equation: { expression } };
    }
    const { text: _, ...rest } = textItem("@mention", null, looks);
    return { ...rest, type: "mention", mention: it.mention as Row };
  });
}

export const cover = once(() =>
  z.strictObject({
    type: z.literal("external").optional(),
    external: z.strictObject({ url: url() }),
  }),
);
export const icon = once(() =>
  z.union([
    z.strictObject({
      type: z.literal("emoji").optional(),
      emoji: z
        .string()
        .refine((text) => /\p{Extended_Pictographic}|\p{RI}/u.test(text), "an emoji"),
    }),
    cover(),
  ]),
);

export function storedIcon(value: z.infer<ReturnType<typeof icon>> | null | undefined): Json {
  if (value === null || value === undefined) return null;
  if ("emoji" in value) return { type: "emoji", emoji: value.emoji };
  return { type: "external", external: { url: value.external.url } };
}
