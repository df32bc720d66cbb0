import type { Reply, Verdict } from "../core/http.ts";

/** How an attempt ended: with a reply that the SDK can read, or with an error. */
export type End = { readonly verdict: Verdict; readonly status: number | undefined } & (
  | { readonly reply: Reply; readonly error?: undefined }
  | { readonly error: unknown; readonly reply?: undefined }
);
