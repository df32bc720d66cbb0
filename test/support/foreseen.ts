import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent, RunFinished } from "../../src/core/events.ts";
import { canonical, type Json, type JsonObject } from "../../src/core/json.ts";
import type { Forecasted } from "../../src/core/planned-calls.ts";
import type { AnyProvider } from "../../src/core/provider.ts";
import { createRedactor } from "../../src/core/redact.ts";
import type { SavedPlan } from "../../src/core/saved-plan.ts";
import { prepareRun } from "../../src/engine/prepare.ts";
import { Sessions } from "../../src/engine/session.ts";
import { CallsAsked, type WithCalls } from "../../src/features/calls.ts";
import { forRun, type SequenceDeps } from "../../src/features/deps.ts";
import { setup } from "../../src/features/setup.ts";
import { bodyOf } from "../../src/gateway/rehearse.ts";
import { openProject } from "../../src/wiring/project.ts";
import { providersWith } from "../../src/wiring/providers.ts";
import { root } from "./cli.ts";
import { type RecordedWrite, type RecordingSandbox, recordingSandbox } from "./recorded.ts";

const impatient = { INTEGRATION_SETTLE_TIME: "0", INTEGRATION_RETRY_BASE_DELAY: "5" };

/** A project in a folder of its own beside a recording sandbox, used in this process. */
export class Foreseen {
  readonly folder = mkdtempSync(join(tmpdir(), "testx-plan-"));
  readonly recording: RecordingSandbox;
  /** Environment variables beside the sandbox's. */
  variables: Readonly<Record<string, string>> = {};
  /** Providers instead of built-in ones. */
  providers: readonly AnyProvider[] = [];

  private constructor(recording: RecordingSandbox) {
    this.recording = recording;
  }

  static async open(sequence?: object): Promise<Foreseen> {
    const foreseen = new Foreseen(await recordingSandbox());
    if (sequence === undefined) {
      cpSync(join(root, "config"), join(foreseen.folder, "config"), { recursive: true });
    } else foreseen.configure(sequence);
    return foreseen;
  }

  get environment(): Readonly<Record<string, string>> {
    return this.recording.sandbox.environment;
  }

  configure(sequence: object): void {
    const folder = join(this.folder, "config/integrations");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "integration-sequence.json"), JSON.stringify(sequence));
  }

  async with<T>(work: (deps: SequenceDeps, events: RunEvent[]) => Promise<T>): Promise<T> {
    const events: RunEvent[] = [];
    const project = await openProject("everything", {
      cwd: this.folder,
      sandbox: false,
      env: { ...this.environment, ...impatient, ...this.variables },
      providers: providersWith(this.providers),
      redactor: createRedactor(),
      stop: new AbortController().signal,
      notice() {},
    });
    try {
      return await work(
        project.sequenceDeps("test", (event) => events.push(event)),
        events,
      );
    } finally {
      await project.close();
    }
  }

  /** What a plan foresees; it must not write. */
  foresee(): Promise<WithCalls> {
    return this.with(async (deps) => {
      const asked = new CallsAsked(deps);
      const { engine } = forRun(deps, "plan", asked.through);
      const sessions = new Sessions(engine);
      const prepared = await prepareRun(engine, sessions, deps.sequence, async () => []);
      if (prepared.failure) throw new Error(prepared.failure.message);
      const before = this.recording.writes.length;
      const foreseen = await asked.of(prepared);
      if (this.recording.writes.length > before) throw new Error("the plan has sent a write");
      return foreseen;
    });
  }

  /** Forgets what testx knows, so that it has to adopt what is there. */
  forget(): void {
    rmSync(join(this.folder, ".testx"), { recursive: true, force: true });
  }

  /** Sets up, and gives the writes it sent by step. */
  async setUp(
    plan?: SavedPlan,
  ): Promise<{ finished: RunFinished; sent: Map<string, RecordedWrite[]> }> {
    this.recording.writes.length = 0;
    return this.with(async (deps, events) => {
      const finished = await setup(deps, { plan });
      const sent = new Map<string, RecordedWrite[]>();
      const byId = new Map(this.recording.writes.map((write) => [write.requestId, write]));
      for (const event of events) {
        if (event.type !== "call.finished" || event.step === undefined) continue;
        const write = byId.get(event.requestId);
        if (write) sent.set(event.step, [...(sent.get(event.step) ?? []), write]);
      }
      return { finished, sent };
    });
  }

  async close(): Promise<void> {
    await this.recording.sandbox.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Whether a value has the form of another, in which placeholders may stand for anything. */
export function fits(template: Json, value: Json): boolean {
  if (typeof template === "string" && template.includes("\u27e8")) {
    if (/^\u27e8[^\u27e9]*\u27e9$/.test(template)) return true;
    const pattern = template
      .split(/\u27e8[^\u27e9]*\u27e9/)
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
      .join(".+");
    return typeof value === "string" && new RegExp(`^${pattern}$`, "s").test(value);
  }
  if (Array.isArray(template)) {
    return (
      Array.isArray(value) &&
      value.length === template.length &&
      template.every((item, at) => fits(item, value[at] as Json))
    );
  }
  if (template !== null && typeof template === "object") {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
    const keys = Object.keys(template).sort();
    return (
      keys.join("\n") === Object.keys(value).sort().join("\n") &&
      keys.every((key) => fits(template[key] as Json, value[key] as Json))
    );
  }
  return template === value;
}

/** A planned call and a sent one, as text to compare: equal where the plan was right. */
export function compared(
  planned: Forecasted | undefined,
  sent: RecordedWrite | undefined,
  secrets: readonly string[] = [],
): { planned: unknown; sent: unknown } {
  if (planned === undefined || sent === undefined) {
    const name = sent && `${sent.method} ${sent.path}`;
    return { planned: planned?.operation, sent: name };
  }
  const body = masked(bodyOf(sent.body) ?? null, secrets);
  const template = planned.body ?? null;
  const right = planned.known ? canonical(template) === canonical(body) : fits(template, body);
  const path = fits(planned.path, sent.path) ? sent.path : planned.path;
  return {
    planned: { method: planned.method, path, body: right ? body : template },
    sent: { method: sent.method, path: sent.path, body },
  };
}

function masked(body: Json, secrets: readonly string[]): Json {
  if (typeof body === "string") return secrets.includes(body) ? "***" : body;
  if (Array.isArray(body)) return body.map((item) => masked(item, secrets));
  if (body === null || typeof body !== "object") return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, item]) => [key, masked(item, secrets)]),
  ) as JsonObject;
}
