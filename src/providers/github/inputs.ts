import * as z from "zod";
import { once } from "../../core/once.ts";

export const repositoryName = once(() =>
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*\/[A-Za-z0-9._-]+$/, "must be owner/name, like acme/app")
    .refine((name) => !/\/\.{1,2}$/.test(name), "must be owner/name, like acme/app")
    .refine((name) => !/\.git$/i.test(name), "must be owner/name, without the .git of an address"),
);

export const configSchema = once(() =>
  z.strictObject({
    repository: repositoryName().describe("The repository that the steps are about: owner/name."),
    createRepository: z
      .boolean()
      .optional()
      .describe("The repository may not exist yet: a step of kind github.repository creates it."),
  }),
);
export type Config = z.infer<ReturnType<typeof configSchema>>;

/** Fields that the inputs of all kinds share. */
export const place = once(() => ({
  repository: repositoryName()
    .optional()
    .describe("Another repository than the integration's: owner/name."),
}));

export const environmentName = once(() =>
  z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^'"`,;\\]+$/, "must not hold quotes, backticks, commas, semicolons or backslashes"),
);

/** Names of variables and secrets. GitHub keeps them in upper case. */
export const actionsName = once(() =>
  z
    .string()
    .max(255)
    .regex(
      /^[A-Za-z_][A-Za-z0-9_]*$/,
      "must hold only letters, digits and _, and not begin with a digit",
    )
    .refine((name) => !/^GITHUB_/i.test(name), "must not begin with GITHUB_"),
);

export interface Place {
  readonly repository?: string | undefined;
}

export interface Repo {
  readonly owner: string;
  readonly repo: string;
}

export function nameIn(client: { readonly repository: string }, input: Place): string {
  return input.repository ?? client.repository;
}

/** `acme/app` as the SDK's two parameters. */
export function split(repository: string): Repo {
  const slash = repository.indexOf("/");
  return { owner: repository.slice(0, slash), repo: repository.slice(slash + 1) };
}

/** For keys: GitHub compares names without regard to case. */
export function scope(input: Place): string {
  return input.repository === undefined ? "" : `${input.repository.toLowerCase()} `;
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Behind the title of something in another repository than the integration's. */
export function elsewhere(input: Place): string {
  return input.repository === undefined ? "" : ` in ${input.repository}`;
}
