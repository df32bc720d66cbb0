/**
 * Each provider's `test/providers/<id>/samples.ts` exports `samples: ProviderSamples`:
 *
 *     export const samples: ProviderSamples = {
 *       config: {},
 *       kinds: {
 *         channel: {
 *           input: { name: "dev", topic: "Development" },
 *           changed: { name: "dev", topic: "Work" },
 *           async deleteByHand({ environment, state }) {
 *             await fetch(`${environment.SLACK_API_URL}conversations.archive`, { … });
 *           },
 *         },
 *         members: {
 *           needs: [{ name: "channel", kind: "channel", input: { name: "dev" } }],
 *           input: ({ receipts }) => ({ channel: receipts.channel!.id!, users: ["dev@example.com"] }),
 *         },
 *       },
 *     };
 *
 * They are applied to the sandbox in its initial state by `test/contract/providers.test.ts`.
 */
export type { ProviderSamples } from "../../src/testing/samples.ts";
