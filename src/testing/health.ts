import type { Health } from "../core/provider.ts";
import { ensure } from "./assert.ts";
import { Bench, type Subject } from "./bench.ts";
import { faults } from "./faults.ts";
import { classified } from "./judging.ts";
import { ensureNoSecret } from "./leaks.ts";
import type { Property } from "./property.ts";

/** What is asked of a provider as a whole. */
export const health: readonly Property[] = [
  {
    name: "is healthy on a healthy account, and sends no write to find out",
    check: (subject) =>
      Bench.with(subject, async (bench) => {
        const result = await ask(subject, bench);
        ensure(result.status === "healthy", `it is ${result.status}: ${result.message ?? ""}`);
        ensureNoSecret(subject, bench.environment, result, "a health result");
        ensure(!bench.account.log().some((entry) => entry.write), "it sent a write");
      }),
  },
  {
    name: "a token that the account does not know is reported, without its text",
    exempt: ({ provider }) => (provider.secrets.length === 0 ? "it needs no secret" : undefined),
    check: async (subject) => {
      for (const { env, prefixes } of subject.provider.secrets) {
        const environment = { [env]: `${prefixes[0] ?? ""}canary-of-no-account-0123456789` };
        await Bench.with(
          subject,
          async (bench) => ailing(subject, bench, "a token that the account does not know"),
          { environment },
        );
      }
    },
  },
  {
    name: "faults are reported with a code and no secret",
    exempt: ({ provider }) => (provider.endpoint === undefined ? "it has no API" : undefined),
    check: async (subject) => {
      for (const [name, fault] of Object.entries(faults)) {
        await Bench.with(subject, async (bench) => {
          bench.account.setFaults([{ fault }]);
          await ailing(subject, bench, `"${name}"`);
        });
      }
    },
  },
];

function ask(subject: Subject, bench: Bench): Promise<Health> {
  return bench.run((client, call) => subject.provider.health(client, call));
}

/** Says that something is wrong, by its result or by throwing. */
async function ailing(subject: Subject, bench: Bench, where: string): Promise<void> {
  let result: Health;
  try {
    result = await ask(subject, bench);
  } catch (error) {
    classified(subject, bench, error, `the error of ${where}`);
    return;
  }
  ensureNoSecret(subject, bench.environment, result, `the health result of ${where}`);
  ensure(result.status !== "healthy", `${where} is taken for healthy`);
  const code = result.failure?.code;
  ensure(code !== undefined, `the health result of ${where} has no failure`);
  ensure(subject.codes.has(code), `${where}: ${code} is not in the catalogue`);
}
