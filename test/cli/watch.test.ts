import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { FakeSignals, folder, Sink, testx } from "./world.ts";

/** A keyboard that says whether its keys are read one by one. */
function keyboard() {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    setRawMode: (raw: boolean) => modes.push(raw),
  });
  return { input, modes };
}

/** A terminal that tells when something is written on it. */
function screen() {
  const stdout = Object.assign(new Sink(80), { rows: 24 });
  const drawn = Promise.withResolvers<void>();
  const write = stdout._write.bind(stdout);
  stdout._write = (chunk, encoding, done) => {
    write(chunk, encoding, done);
    drawn.resolve();
  };
  return { stdout, drawn: drawn.promise };
}

describe("status --watch on a terminal", () => {
  it.each(["q", "\u0003"])("ends at %j with the keyboard as it was", async (key) => {
    const { input, modes } = keyboard();
    const { stdout, drawn } = screen();
    const ended = testx("status --watch", { cwd: folder(), columns: 80, input, stdout });
    await drawn;
    expect(modes).toEqual([true]);
    input.write("x");
    input.write(key);
    expect((await ended).code).toBe(0);
    expect(modes).toEqual([true, false]);
    expect(input.listenerCount("data")).toBe(0);
    expect(stdout.text).toContain("Nothing is set up yet.");
    expect(stdout.text).toContain("q ends this.");
  });

  it("ends at a signal, and gives back the keyboard then too", async () => {
    const { input, modes } = keyboard();
    const { stdout, drawn } = screen();
    const signals = new FakeSignals();
    const ended = testx("status --watch", { cwd: folder(), columns: 80, input, stdout, signals });
    await drawn;
    signals.send("SIGTERM");
    expect((await ended).code).toBe(0);
    expect(modes).toEqual([true, false]);
  });

  it("is a JSON for each change with --json, and reads no keys", async () => {
    const { input, modes } = keyboard();
    const { stdout, drawn } = screen();
    const signals = new FakeSignals();
    const ended = testx("status --watch --json", {
      cwd: folder(),
      columns: 80,
      input,
      stdout,
      signals,
    });
    await drawn;
    signals.send("SIGINT");
    await ended;
    expect(JSON.parse(stdout.text)).toEqual({ at: expect.any(Number), steps: [] });
    expect(modes).toEqual([]);
  });
});
