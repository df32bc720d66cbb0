import type { RunEventBody } from "../core/events.ts";
import type { JsonObject } from "../core/json.ts";
import type { AnyKind, AnyProvider, Call } from "../core/provider.ts";
import type { Residue } from "../core/step.ts";
import type { ContractAccount } from "./account.ts";
import { ensure } from "./assert.ts";
import { type Connected, connectProvider } from "./connect.ts";
import type { KindSample, ProviderSamples, SampleInput } from "./samples.ts";

export interface Subject {
  readonly provider: AnyProvider;
  readonly samples: ProviderSamples;
  /** Short name of the kind: `channel`. */
  readonly name: string;
  readonly kind: AnyKind;
  readonly sample: KindSample;
  readonly codes: ReadonlySet<string>;
  open(): Promise<ContractAccount>;
}

export interface BenchOptions {
  /** Changes to the account's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** One kind on an account of its own, with the things it needs already there. */
export class Bench {
  readonly subject: Subject;
  readonly account: ContractAccount;
  readonly environment: Readonly<Record<string, string>>;
  readonly receipts: Record<string, JsonObject> = {};
  readonly events: RunEventBody[] = [];
  #connected: Connected<unknown> | undefined;

  private constructor(subject: Subject, account: ContractAccount, options: BenchOptions) {
    this.subject = subject;
    this.account = account;
    this.environment = { ...account.environment, ...options.environment };
  }

  /** Gives `use` a bench and takes it away afterwards. */
  static async with<T>(
    subject: Subject,
    use: (bench: Bench) => Promise<T>,
    options: BenchOptions = {},
  ): Promise<T> {
    const account = await subject.open();
    const bench = new Bench(subject, account, options);
    try {
      await bench.reconnect();
      return await use(bench);
    } finally {
      bench.#connected?.close();
      await account.close();
    }
  }

  /** As `with`, with the sample's `needs` applied. */
  static ready<T>(
    subject: Subject,
    use: (bench: Bench, input: unknown) => Promise<T>,
    options?: BenchOptions,
  ): Promise<T> {
    return Bench.with(
      subject,
      async (bench) => {
        await bench.prepare();
        return use(bench, await bench.input(subject.sample.input));
      },
      options,
    );
  }

  async prepare(): Promise<void> {
    for (const [at, need] of (this.subject.sample.needs ?? []).entries()) {
      const kind = this.subject.provider.kinds[need.kind] as AnyKind | undefined;
      ensure(kind !== undefined, `the sample needs ${need.kind}, which is no kind of the provider`);
      const input = await this.#validated(kind, need.input);
      const parts = {
        operation: `needed${String(at).padStart(10, "0")}`,
        step: `test.${need.name}`,
      };
      const now = await this.run((client, call) => kind.read(client, input, call), parts);
      this.receipts[need.name] = await this.run(
        (client, call) => kind.apply(client, input, now, call),
        parts,
      );
    }
  }

  input(sample: SampleInput): Promise<unknown> {
    return this.#validated(this.subject.kind, sample);
  }

  /** Closes the connections there are and connects anew; `totalMs`: how long a call may take. */
  async reconnect(totalMs?: number): Promise<void> {
    this.#connected?.close();
    const { provider, samples } = this.subject;
    const { config } = samples;
    this.#connected = await connectProvider<unknown>(provider, {
      config: typeof config === "function" ? config(this.environment) : config,
      environment: this.environment,
      emit: (event) => this.events.push(event),
      ...(totalMs === undefined ? {} : { totalMs }),
    });
  }

  run<T>(work: (client: unknown, call: Call) => Promise<T>, parts?: Partial<Call>): Promise<T> {
    const connected = this.#connected;
    if (connected === undefined) throw new Error("the bench is not connected");
    return connected.run((call) => work(connected.client, call), parts);
  }

  read(input: unknown, parts?: Partial<Call>): Promise<JsonObject | undefined> {
    return this.run((client, call) => this.subject.kind.read(client, input, call), parts);
  }

  apply(input: unknown, now: JsonObject | undefined, parts?: Partial<Call>): Promise<JsonObject> {
    return this.run((client, call) => this.subject.kind.apply(client, input, now, call), parts);
  }

  /** Reads, then applies what is missing, as the engine does. */
  async ensure(input: unknown, parts?: Partial<Call>): Promise<JsonObject> {
    const now = await this.read(input, parts);
    return this.apply(input, now, parts);
  }

  undo(target: JsonObject | undefined, now: JsonObject, parts?: Partial<Call>): Promise<Residue[]> {
    const { undo } = this.subject.kind;
    if (typeof undo === "string") throw new Error(`${this.subject.kind.kind} cannot be undone`);
    return this.run((client, call) => undo(client, target, now, call), parts);
  }

  /** By hand, past the provider. */
  async byHand(deed: "deleteByHand" | "alterByHand", state: JsonObject): Promise<void> {
    const { environment, receipts } = this;
    await this.subject.sample[deed]?.({ environment, receipts, state });
  }

  async #validated(kind: AnyKind, sample: SampleInput): Promise<unknown> {
    const { environment, receipts } = this;
    const raw = typeof sample === "function" ? sample({ environment, receipts }) : sample;
    const parsed = await kind.input["~standard"].validate(raw);
    if (!parsed.issues) return parsed.value;
    const problems = parsed.issues.map((issue) => issue.message).join("; ");
    throw new Error(`the sample input of ${kind.kind} is not valid: ${problems}`);
  }
}
